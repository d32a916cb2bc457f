/** Takes attempts out of the store: their folders go to the trash; the results they point at stay until gc. */
import { join } from 'node:path';
import type { ConfigHash } from '../hash.ts';
import { attemptNumbers } from './attempts.ts';
import { isFull, jsonText, readJson, writeAtomic } from './files.ts';
import { latestRun, pointLatest } from './latest.ts';
import type { Layout } from './layout.ts';
import { namesIn } from './listing.ts';
import { emptyOut, moveToTrash, restoreFromTrash, type Trashed } from './trash.ts';

/**
 * With its last attempt the run's folder goes. A number is never given out again: what was said of `HASH@2` is not said
 * of another.
 * @returns false where an attempt was begun meanwhile: then nothing was removed
 */
export async function removeAttempts(layout: Layout, configHash: ConfigHash, numbers: readonly number[]) {
  const run = layout.run(configHash);
  const standing = await attemptNumbers(layout, configHash);
  const removed = layout.removed(configHash);
  const before = (await readJson<{ highest: number }>(removed))?.highest ?? 0;
  const remember = () => writeAtomic(removed, jsonText({ highest: Math.max(before, ...numbers) }));
  const isFullDisk = await remember().then(
    () => false,
    (error: unknown) => isFull(error) || Promise.reject(error),
  );
  const gone = async (trashed: Trashed | undefined) => {
    if (isFullDisk && trashed !== undefined) await emptyOut(trashed); // which makes the room
  };
  if (standing.some((number) => !numbers.includes(number))) {
    for (const number of numbers) await gone(await moveToTrash(layout, run.attempt(number).folder));
    if (isFullDisk) await remember();
    return true;
  }
  const trashed = await moveToTrash(layout, run.folder);
  if (trashed === undefined) return true;
  const moved = (await namesIn(join(trashed.at, 'attempts'))).map(Number);
  if (moved.some((number) => !numbers.includes(number))) {
    await restoreFromTrash(trashed);
    return false;
  }
  await gone(trashed);
  if (isFullDisk) await remember();
  const latest = await latestRun(layout);
  if (latest !== undefined) await pointLatest(layout, latest);
  else await moveToTrash(layout, layout.latest);
  return true;
}
