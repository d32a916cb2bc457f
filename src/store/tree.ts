/** The content of a file or folder: what it hashes to, and whether it still is what was recorded. */
import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';
import { readdir, readlink, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { type ContentHash, hashJson, sha256 } from '../hash.ts';
import { isErrno } from './files.ts';
import { hashFiles, type SizedFile } from './hash-files.ts';

/** One file of an output. `path` is relative to the output; empty for an output that is a file itself. */
export interface FileEntry {
  readonly path: string;
  readonly hash: ContentHash;
  readonly size: number;
  readonly mtimeNs: string;
  /** Absent in results of 0.1.0, whose files are read once more. */
  readonly ctimeNs?: string;
  readonly inode?: string;
  /** Absent of plain files and empty folders; and in results of 0.1.0, which did not tell. */
  readonly kind?: 'executable' | 'link';
}

export interface TreeContent {
  readonly kind: 'file' | 'folder';
  /**
   * Of a file its content's hash; of a folder that of its sorted list of paths and hashes, and kinds where there are any.
   * One that may be executed is a list of itself, under the empty path: what it can do is not its content's alone.
   */
  readonly hash: ContentHash;
  readonly size: number;
  readonly files: readonly FileEntry[];
}

/** Hashes files, or knows their hashes. */
export interface FileReader {
  /** In the order of the files. */
  hashAll(files: readonly SizedFile[]): Promise<ContentHash[]>;
  /** Is told of every folder gone through. */
  note?(path: string): void;
}

const plainReader: FileReader = { hashAll: hashFiles };

/** A link that leads out of the tree, or something that is neither file, folder nor link. */
export class TreeError extends Error {}

/** Hashes a file or folder in one read pass. Throws ENOENT where it is missing, {@link TreeError} where it is unfit. */
export async function hashTree(path: string, reader: FileReader = plainReader): Promise<TreeContent> {
  const at = lstatSync(path);
  if (at.isSymbolicLink()) throw new TreeError('is a link; write the content itself');
  if (!at.isFile() && !at.isDirectory()) throw new TreeError('is neither a file nor a folder');
  const names = at.isFile() ? [''] : await listFiles(path, reader);
  const files = await entriesOf(path, names, reader);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const kind = at.isFile() ? 'file' : 'folder';
  return { kind, hash: hashOf(kind, files), size, files };
}

function hashOf(kind: TreeContent['kind'], files: readonly FileEntry[]): ContentHash {
  const [first] = files;
  if (kind === 'file' && first !== undefined && first.kind === undefined) return first.hash;
  return hashJson(treeListing(files));
}

/** What the hash of a folder, and of a file that may be executed, is made from. */
export function treeListing(files: readonly FileEntry[]): [path: string, hash: ContentHash, kind?: string][] {
  return files.map((file) => (file.kind === undefined ? [file.path, file.hash] : [file.path, file.hash, file.kind]));
}

/** Whether two trees are the same, as far as both of them tell: what 0.1.0 recorded knows no kinds. */
export function sameTree(a: TreeContent, b: TreeContent): boolean {
  if (a.hash === b.hash || a.kind !== b.kind) return a.hash === b.hash;
  const knowsKinds = ({ files }: TreeContent) => files.every((file) => file.ctimeNs !== undefined);
  return !(knowsKinds(a) && knowsKinds(b)) && plainHash(a) === plainHash(b);
}

function plainHash({ kind, files }: TreeContent): ContentHash {
  return hashOf(
    kind,
    files.map(({ kind: _, ...file }) => file),
  );
}

/** Whether the tree still holds what was recorded; reads only files whose size, times or inode moved. */
export async function stillHolds(path: string, content: TreeContent, reader: FileReader = plainReader) {
  return await holds(path, content, reader, hasMoved);
}

/** The same, with every file read anew. */
export async function holdsWhenRead(path: string, content: TreeContent): Promise<boolean> {
  return await holds(path, content, plainReader, () => true);
}

async function holds(
  path: string,
  content: TreeContent,
  reader: FileReader,
  isDoubtful: (at: BigIntStats, recorded: FileEntry) => boolean,
): Promise<boolean> {
  try {
    if (content.kind === 'folder' && !isNamed(await listFiles(path, {}), content.files)) return false;
    const doubtful: FileEntry[] = [];
    for (const file of content.files) {
      const at = lstatSync(join(path, file.path), { bigint: true });
      if (!at.isFile() && !at.isDirectory() && !at.isSymbolicLink()) return false; // a pipe would never end
      if (at.isFile() && Number(at.size) !== file.size) return false;
      if (!mayBe(file, at)) return false;
      if (isDoubtful(at, file)) doubtful.push(file);
    }
    const found = await entriesOf(
      path,
      doubtful.map((file) => file.path),
      reader,
    );
    return found.every((file, at) => file.hash === doubtful[at]?.hash);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR') || error instanceof TreeError) return false;
    throw error;
  }
}

/** Every name counts, not how many there are: a file in a folder that was empty takes the place of the folder's. */
function isNamed(names: readonly string[], recorded: readonly FileEntry[]): boolean {
  const known = new Set(recorded.map((file) => file.path));
  return names.length === known.size && names.every((name) => known.has(name));
}

/** A file that came to be executable is what it was: a stage makes it so before it runs it. */
function mayBe({ kind, size }: FileEntry, at: BigIntStats): boolean {
  return kind === undefined ? !(at.isSymbolicLink() && size > 0) : kindOf(at) === kind;
}

function kindOf(at: BigIntStats): FileEntry['kind'] {
  if (at.isSymbolicLink()) return 'link';
  return at.isFile() && (at.mode & 0o100n) !== 0n ? 'executable' : undefined;
}

function hasMoved(at: BigIntStats, { mtimeNs, ctimeNs, inode }: FileEntry): boolean {
  return String(at.mtimeNs) !== mtimeNs || String(at.ctimeNs) !== ctimeNs || String(at.ino) !== inode;
}

/** Looked at without waiting, as ten thousand such calls cost less than their promises; read by the reader. */
async function entriesOf(root: string, names: readonly string[], reader: FileReader): Promise<FileEntry[]> {
  const looked = names.map((name) => ({ name, at: lstatSync(join(root, name), { bigint: true }) }));
  const files = looked.filter(({ at }) => at.isFile());
  const hashes = await reader.hashAll(files.map(({ name, at }) => ({ path: join(root, name), size: Number(at.size) })));
  const contents = new Map(files.map(({ name }, index) => [name, hashes[index] as ContentHash]));
  return looked.map(({ name, at }) => ({
    path: name,
    hash: contents.get(name) ?? sha256(at.isDirectory() ? 'folder' : linkText(readlinkSync(join(root, name)))),
    size: at.isFile() ? Number(at.size) : 0,
    ...{ mtimeNs: String(at.mtimeNs), ctimeNs: String(at.ctimeNs), inode: String(at.ino) },
    ...markOf(at),
  }));
}

function markOf(at: BigIntStats): Pick<FileEntry, 'kind'> {
  const kind = kindOf(at);
  return kind === undefined ? {} : { kind };
}

/** What stands for the content of a link. */
export function linkText(target: string): string {
  return `link ${target}`;
}

/** The target of the link that a text stands for; undefined for any other. */
export function linkTarget(text: string): string | undefined {
  return text.startsWith('link ') ? text.slice('link '.length) : undefined;
}

/** Paths of all files, links that stay inside, and empty folders (with a trailing slash), sorted by code unit. */
export async function listFiles(root: string, { note }: Pick<FileReader, 'note'>): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    note?.(folder);
    const entries = await readdir(folder, { withFileTypes: true });
    if (entries.some(({ name }) => name.includes('\ufffd'))) await expectText(root, folder);
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

/** A name of other bytes than text would be looked for under another name, and never found. */
async function expectText(root: string, folder: string): Promise<void> {
  for (const name of await readdir(folder, { encoding: 'buffer' }))
    if (!Buffer.from(name.toString('utf8')).equals(name)) {
      const shown = join(nameIn(root, folder), name.toString('utf8'));
      throw new TreeError(`holds a file whose name is not UTF-8: ${shown}`);
    }
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

const readersAtOnce = 8;

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
