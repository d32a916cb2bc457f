/** `runs/latest`: a link to the folder of the run that was begun last, for people and for `latest` in the place of a hash. */
import { existsSync } from 'node:fs';
import { readlink, rm, stat, symlink } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ConfigHash } from '../hash.ts';
import { isErrno, newNonce, renameOnce } from './files.ts';
import type { Layout } from './layout.ts';
import { namesIn } from './listing.ts';

/** Leads the link to a run in one step. A file system without links has none, and loses only the convenience. */
export async function pointLatest(layout: Layout, configHash: ConfigHash): Promise<void> {
  const temporary = `${layout.latest}.${newNonce()}.tmp`;
  try {
    await symlink(configHash, temporary); // relative, as the folder may be copied elsewhere
    await renameOnce(temporary, layout.latest);
  } catch (error) {
    await rm(temporary, { force: true });
    if (!isErrno(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EISDIR', 'EEXIST', 'ENOTEMPTY')) throw error;
  }
}

/** The run that was begun last: where the link leads, or without it the run whose attempts changed last. */
export async function latestRun(layout: Layout): Promise<ConfigHash | undefined> {
  const linked = await readlink(layout.latest).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EINVAL', 'UNKNOWN')) return undefined;
    throw error;
  });
  const name = linked && basename(linked);
  if (name && isRun(name) && existsSync(layout.run(name).attempts)) return name;
  return (await runsByTime(layout))[0];
}

/** Runs, the one whose newest attempt was begun last first. */
export async function runsByTime(layout: Layout): Promise<ConfigHash[]> {
  const dated = await Promise.all(
    (await configHashes(layout)).map(async (hash) => ({ hash, at: await changedAt(layout.run(hash).attempts) })),
  );
  return dated.sort((a, b) => b.at - a.at).map(({ hash }) => hash);
}

/** Every run with a folder, in no order. */
export async function configHashes(layout: Layout): Promise<ConfigHash[]> {
  return (await namesIn(layout.runs)).filter(isRun);
}

function isRun(name: string): name is ConfigHash {
  return /^[0-9a-f]{64}$/.test(name);
}

async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
}
