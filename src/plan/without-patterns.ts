/** The text of code in which esbuild takes no computed name for a pattern of files. */

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** From `import('./' + name)` esbuild would take in every file of the folder, whatever it is. */
export function withoutPatterns(text: string, calls: readonly Place[]): string {
  const lines = text.split('\n');
  for (const { line, column } of [...calls].reverse()) {
    const before = (lines[line - 1] ?? '').slice(0, column - 1);
    const call = (lines[line - 1] ?? '').slice(column - 1);
    lines[line - 1] = before + call.replace(/^(import|require)\s*\(/, '$&globalThis.computed || ');
  }
  return lines.join('\n');
}
