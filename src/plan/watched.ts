/** The files and folders that a survey of a stage goes by, so that it can be told without one that nothing changed. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
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

/**
 * Folders in which another file could match the pattern, and links which could come to lead to one; undefined where there
 * are too many of them. A folder that a pattern names stands for all that is in it.
 */
function foldersOf(pattern: string, root: string): string[] | undefined {
  const segments = pattern.replace(/\/+$/, '').split('/');
  const wild = segments.findIndex((segment) => /[^\w.@-]/.test(segment));
  const fixed = wild === -1 ? segments.length : wild;
  const start = resolve(root, ...segments.slice(0, fixed));
  const found = wild === -1 ? [start, dirname(start)] : [];
  const visited = new Set<string>();
  /** @param left the segments that names in this folder are compared with; none where everything below it matches */
  const visit = (folder: string, left: readonly string[]): boolean => {
    const at = realPath(folder);
    if (visited.has(at + left.length)) return true; // a circle of links
    visited.add(at + left.length);
    found.push(folder);
    if (found.length > mostFolders) return false;
    const { folders, links } = entriesOf(folder);
    found.push(...links);
    const [segment, ...rest] = left;
    const below = segment === '**' ? left : rest;
    const deeper = folders.filter((name) => segment === undefined || mayMatch(segment, name));
    return deeper.every((name) => isIgnored(join(folder, name), root) || visit(join(folder, name), below));
  };
  return visit(start, segments.slice(fixed)) ? found : undefined;
}

/** Whether a name may match; of all but `*` and `?` it is supposed. */
function mayMatch(segment: string, name: string): boolean {
  if (!/^[\w.@*?-]+$/.test(segment)) return true;
  const pattern = segment.replaceAll('.', '\\.').replaceAll(/\*+/g, '.*').replaceAll('?', '.');
  return new RegExp(`^${pattern}$`).test(name);
}

/** As declared code leaves out: what was made by code is none. */
function isIgnored(folder: string, root: string): boolean {
  return folder === join(root, 'runs') || basename(folder) === '__pycache__';
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function entriesOf(folder: string): { folders: string[]; links: string[] } {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const links = entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
    const linked = links.filter((name) => isFolder(join(folder, name)));
    const own = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return { folders: [...own, ...linked], links: links.map((name) => join(folder, name)) };
  } catch {
    return { folders: [], links: [] }; // not there: its own absence is what is watched
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
