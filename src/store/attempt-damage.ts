/** Which files of an attempt are not what it left. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptId } from '../events.ts';
import { attemptLock } from './attempts.ts';
import { isErrno, readJson } from './files.ts';
import type { Layout } from './layout.ts';
import { hasHash } from './whole.ts';

export interface DamagedFile {
  readonly file: string;
  readonly message: string;
}

/** An attempt that goes on, was killed, or is of 0.1.0 has no lock that vouches for the rest: its files are whole JSON. */
export async function damagedFiles(layout: Layout, id: AttemptId): Promise<DamagedFile[]> {
  const files = layout.run(id.configHash).attempt(id.attempt);
  const lock = await attemptLock(layout, id);
  const damaged = new Map<string, string>();
  for (const [name, hash] of Object.entries(lock?.files ?? {}))
    if (!(await hasHash(join(files.folder, name), hash)))
      damaged.set(join(files.folder, name), 'not what was recorded');
  if (lock === undefined && (await readJson(files.lock)) !== undefined) damaged.set(files.lock, 'not what was written');
  for (const file of [files.lock, files.inputs, files.environment])
    if (!(await isWholeOrAbsent(file))) damaged.set(file, 'not a whole JSON object');
  return [...damaged].map(([file, message]) => ({ file, message }));
}

async function isWholeOrAbsent(file: string): Promise<boolean> {
  try {
    await readFile(file);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true;
    if (!isErrno(error, 'EISDIR')) throw error;
  }
  return (await readJson(file)) !== undefined;
}
