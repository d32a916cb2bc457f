/** The content of a file or folder: what it hashes to, and whether it still is what was recorded. */
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { type ContentHash, hashFile, hashJson, sha256 } from '../hash.ts';
import { isErrno } from './files.ts';

/** One file of an output. `path` is relative to the output; empty for an output that is a file itself. */
export interface FileEntry {
  readonly path: string;
  readonly hash: ContentHash;
  readonly size: number;
  readonly mtimeNs: string;
}

export interface TreeContent {
  readonly kind: 'file' | 'folder';
  /** Of a file its content's hash; of a folder the hash of its sorted list of paths and hashes. */
  readonly hash: ContentHash;
  readonly size: number;
  readonly files: readonly FileEntry[];
}

/** A link that leads out of the tree, or something that is neither file, folder nor link. */
export class TreeError extends Error {}

const readersAtOnce = 8;

/** Hashes a file or folder in one read pass. Throws ENOENT where it is missing, {@link TreeError} where it is unfit. */
export async function hashTree(
  path: string,
  hashOf: (file: string) => Promise<ContentHash> = hashFile,
  onFolder: (folder: string) => void = () => undefined,
): Promise<TreeContent> {
  const at = await lstat(path);
  if (at.isSymbolicLink()) throw new TreeError('is a link; write the content itself');
  if (at.isFile()) {
    const entry = await entryOf(path, '', hashOf);
    return { kind: 'file', hash: entry.hash, size: entry.size, files: [entry] };
  }
  if (!at.isDirectory()) throw new TreeError('is neither a file nor a folder');
  const names = await listFiles(path, onFolder);
  const files = await inParallel(names, (name) => entryOf(join(path, name), name, hashOf));
  const hash = hashJson(files.map((file) => [file.path, file.hash]));
  return { kind: 'folder', hash, size: files.reduce((sum, file) => sum + file.size, 0), files };
}

/** Whether the tree still holds what was recorded; reads only files whose size or time moved. */
export async function stillHolds(path: string, content: TreeContent): Promise<boolean> {
  try {
    if (content.kind === 'folder' && (await listFiles(path)).length !== content.files.length) return false;
    const same = await inParallel(content.files, (file) => sameFile(join(path, file.path), file));
    return same.every(Boolean);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR') || error instanceof TreeError) return false;
    throw error;
  }
}

async function sameFile(path: string, recorded: FileEntry): Promise<boolean> {
  const at = await lstat(path, { bigint: true });
  if (!at.isFile() && !at.isDirectory() && !at.isSymbolicLink()) return false; // a pipe would never end
  if (at.isFile() && Number(at.size) !== recorded.size) return false;
  if (String(at.mtimeNs) === recorded.mtimeNs) return true;
  return (await entryOf(path, recorded.path, hashFile)).hash === recorded.hash;
}

async function entryOf(path: string, name: string, hashOf: (file: string) => Promise<ContentHash>): Promise<FileEntry> {
  const at = await lstat(path, { bigint: true });
  const mtimeNs = String(at.mtimeNs);
  if (at.isDirectory()) return { path: name, hash: sha256('folder'), size: 0, mtimeNs };
  if (at.isSymbolicLink()) return { path: name, hash: sha256(`link ${await readlink(path)}`), size: 0, mtimeNs };
  return { path: name, hash: await hashOf(path), size: Number(at.size), mtimeNs };
}

/** Paths of all files, links that stay inside, and empty folders (with a trailing slash), sorted by code unit. */
async function listFiles(root: string, onFolder?: (folder: string) => void): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    onFolder?.(folder);
    const entries = await readdir(folder, { withFileTypes: true });
    if (entries.length === 0 && folder !== root) found.push(`${nameIn(root, folder)}/`);
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile()) found.push(nameIn(root, path));
      else if (entry.isSymbolicLink()) found.push(await insideLink(root, path));
      else throw new TreeError(`${nameIn(root, path)} is neither a file nor a folder`);
    }
  };
  await visit(root);
  return found.sort((a, b) => (a < b ? -1 : 1));
}

async function insideLink(root: string, path: string): Promise<string> {
  const target = await realpath(path).catch(() => undefined);
  const inside = target?.startsWith((await realpath(root)) + sep) ?? false;
  if (!inside) throw new TreeError(`${nameIn(root, path)} is a link that leads out of it, or nowhere`);
  if (isAbsolute(await readlink(path)))
    throw new TreeError(`${nameIn(root, path)} is a link with an absolute target; it would dangle once published`);
  return nameIn(root, path);
}

function nameIn(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

/** Maps with a bounded number of calls under way; results in the order of the items. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(readersAtOnce, items.length) }, worker));
  return results;
}
