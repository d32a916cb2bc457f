/** The files and folders that a survey of a stage goes by, so that it can be told without one that nothing changed. */
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Stage } from '../pipeline/types.ts';
import { foldersAbove } from './trace.ts';

const mostFolders = 500;

/**
 * @param folder where the command runs
 * @param words of the stage's command: one that is no file today may be one tomorrow
 * @param files traced and declared code, and what tracing went by
 * @returns undefined where it would be too much to watch
 */
export function watchedBy(
  stage: Stage,
  { root, folder }: { readonly root: string; readonly folder: string },
  words: readonly string[],
  files: readonly string[],
): string[] | undefined {
  const named = words.filter((word) => /\.\w+$/.test(word) && !word.includes('\0'));
  const globbed = stage.code.flatMap((pattern) => foldersOf(pattern, root) ?? [tooMany]);
  if (globbed.includes(tooMany)) return undefined;
  const all = [...files, ...named.map((word) => resolve(folder, word)), join(root, 'package.json')];
  return [...new Set([...all, ...all.flatMap((file) => foldersAbove(dirname(file), root)), ...globbed])];
}

const tooMany = '\0';

/** Folders in which another file could match the pattern; undefined where there are too many of them. */
function foldersOf(pattern: string, root: string): string[] | undefined {
  const segments = pattern.split('/');
  const wild = segments.findIndex((segment) => /[^\w.@-]/.test(segment));
  if (wild === -1) return [resolve(root, pattern), dirname(resolve(root, pattern))];
  const depth = segments.includes('**') ? Number.POSITIVE_INFINITY : segments.length - wild;
  const found: string[] = [];
  const visit = (folder: string, left: number): boolean => {
    found.push(folder);
    if (found.length > mostFolders) return false;
    if (left <= 1) return true;
    return subfolders(folder).every((name) => visit(join(folder, name), left - 1));
  };
  return visit(resolve(root, ...segments.slice(0, wild)), depth) ? found : undefined;
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return []; // not there: its own absence is what is watched
  }
}
