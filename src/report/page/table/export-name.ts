/** No letter that a file system, or a shell, might take for something else. */
export function fileName(title: string): string {
  const words = title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '');
  return words.slice(0, 60) || 'runs';
}
