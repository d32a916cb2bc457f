/** What other programs than Node run, as far as their words say. */
import { closeSync, openSync, readSync } from 'node:fs';

export type Script =
  /** Of a shell: text with programs of its own. */
  | { readonly kind: 'line'; readonly text: string }
  /** Of any other program: under one of these names, relative to where it runs. */
  | { readonly kind: 'file'; readonly names: readonly string[] };

const shell = /^(ba|da|z|k)?sh$/;

/** Options whose value is a word of its own. */
const valued: readonly (readonly [program: RegExp, options: ReadonlySet<string>])[] = [
  [shell, new Set(['-O', '+O', '--rcfile', '--init-file'])],
  [/^python[\d.]*$/, new Set(['-W', '-X'])],
  [/^(ruby|perl)$/, new Set(['-I', '-r', '-M'])],
  [/^julia$/, new Set(['-p', '-t', '-J', '-C'])],
  [/^(Rscript|php|lua|source|\.)$/, new Set()],
];

/** @param after the words behind the program's name */
export function scriptOf(program: string, after: readonly string[]): Script | undefined {
  const options = valued.find(([name]) => name.test(program))?.[1];
  if (options === undefined) return undefined;
  const isShell = shell.test(program);
  let isLine = false;
  for (let at = 0; at < after.length; at++) {
    const word = after[at] ?? '';
    if (!/^[-+]./.test(word)) return isLine ? { kind: 'line', text: word } : { kind: 'file', names: [word] };
    if (options.has(word)) at += 1;
    else if (isShell && /^[-+]\w+$/.test(word)) {
      isLine ||= word.startsWith('-') && word.includes('c'); // -c, -ec, -lc
      if (word.includes('s')) return undefined; // from its input
      if (word.endsWith('o')) at += 1; // -euo pipefail
    } else if (!isShell && word === '-m') {
      const module = (after[at + 1] ?? '').replaceAll('.', '/');
      return { kind: 'file', names: [`${module}.py`, `${module}/__main__.py`] };
    } else if (!isShell && /^-[ceE]/.test(word)) return undefined; // its code is in the command
  }
  return undefined;
}

const mostBytes = 256;

/** Of a file, as far as the system reads it to know what runs it; empty where it cannot be read. */
export function firstLine(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(mostBytes);
      return bytes.toString('utf8', 0, readSync(file, bytes, 0, mostBytes, 0)).split('\n')[0] ?? '';
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}
