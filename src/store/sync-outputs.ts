/** Lets outputs reach the disk before their result is published. */
import { execFile } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { syncFolder, unlessStale } from './files.ts';
import { inParallel, type TreeContent } from './tree.ts';

/** So many files are synced one by one; for more, one call for the file system is ten times as fast. */
const fewFiles = 64;

/** @param folder scratch folder of the attempt, with the outputs in `outs/` */
export async function syncOutputs(
  folder: string,
  outputs: readonly (TreeContent & { readonly path: string })[],
): Promise<void> {
  const outs = join(folder, 'outs');
  const files = outputs.flatMap((output) =>
    output.files.filter((file) => !file.path.endsWith('/')).map((file) => join(outs, output.path, file.path)),
  );
  if (files.length > fewFiles && (await syncFileSystem(outs))) return;
  await inParallel(files, syncFile);
  await syncFolders(outs);
}

const largeBytes = 8 << 20;

/** Lets a large file reach the disk while it is hashed. What cannot be synced is said when it must be. */
export async function beginSync(path: string): Promise<void> {
  const at = lstatSync(path, { throwIfNoEntry: false });
  if (at?.isFile() === true && at.size >= largeBytes) await syncFile(path).catch(() => undefined);
}

/** False where the system has no command for it. */
async function syncFileSystem(path: string): Promise<boolean> {
  return await promisify(execFile)('sync', ['--file-system', path]).then(
    () => true,
    () => false,
  );
}

async function syncFile(path: string): Promise<void> {
  const file = await unlessStale(() => open(path, 'r'));
  await file.sync().finally(() => file.close());
}

async function syncFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await syncFolders(join(folder, entry.name));
  await syncFolder(folder);
}
