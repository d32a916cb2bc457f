/**
 * The local files and the packages that a JavaScript or TypeScript entry file can reach, and where it loads what cannot
 * be told before it runs. The result is memoised by the signatures of everything it was read from.
 */
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { canonicalJson, sha256 } from '../hash.ts';
import { readMemo, writeMemo } from '../store/memo-file.ts';
import { type Signatures, signaturesOf, stillStand } from '../store/signatures.ts';
import type { Runner } from './runner.ts';
import type { Unfollowed } from './unfollowed.ts';

export interface CodeTrace {
  /** Absolute paths of local files, the entry and the configuration of its language among them, sorted. */
  readonly files: readonly string[];
  /** name@version → integrity, of every package it imports and all they depend on. */
  readonly packages: Readonly<Record<string, string>>;
  /** The package.json of files that are not loaded by the project's own; absolute paths, sorted. */
  readonly manifests: readonly string[];
  readonly unfollowed: readonly Unfollowed[];
  /** Links by which code was found: absolute paths, sorted. */
  readonly links: readonly string[];
  /** Absolute paths of files and folders whose change may change the trace; some may not be there. */
  readonly watched: readonly string[];
}

interface TraceMemo {
  readonly version: 3;
  readonly trace: CodeTrace;
  readonly signatures: Signatures;
}

export interface Entry {
  /** Absolute path of the file that is run. */
  readonly path: string;
  readonly runner: Runner;
}

/**
 * @param root the pipeline's folder
 * @param memoFolder `runs/memo`
 * @param folder where the command runs
 */
export async function traceCode(entry: Entry, root: string, memoFolder: string, folder = root): Promise<CodeTrace> {
  const question = canonicalJson({ root, folder, ...entry });
  const memoFile = join(memoFolder, `trace-${sha256(question).slice(0, 16)}.json`);
  const memo = await readMemo<TraceMemo>(memoFile);
  if (memo?.version === 3 && stillStand(memo.signatures)) return memo.trace;
  const askedAt = Date.now();
  const { traceAfresh } = await import('./trace-afresh.ts');
  const trace = await traceAfresh(entry, root, folder);
  const signatures = signaturesOf(trace.watched, askedAt);
  if (signatures !== undefined) await writeMemo(memoFile, { version: 3, trace, signatures } satisfies TraceMemo);
  return trace;
}

/** How a path is written in a key: relative to the pipeline, with forward slashes on every system. */
export function pathInKey(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

/**
 * The folder and those above it, up to the project's; of one outside of it, up to its package's. A tsconfig.json, a
 * package.json or an index file may appear in any of them.
 */
export function foldersAbove(folder: string, root: string): string[] {
  const found: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    found.push(at);
    const isInside = at.startsWith(root + sep);
    if (at === root || at === dirname(at) || (!isInside && existsSync(join(at, 'package.json')))) return found;
  }
}
