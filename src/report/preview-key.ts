/** What the previews of an output are found under: its content, and its name's ending, which says what it is taken for. */
export function previewKey({ path, hash }: { readonly path: string; readonly hash: string }): string {
  const ending = /\.[^./]*$/.exec(path)?.[0] ?? '';
  return `${hash}${ending.toLowerCase()}`;
}
