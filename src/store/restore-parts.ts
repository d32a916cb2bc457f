/** One kind of thing after the other from an unpacked archive into a store. Nothing that is there is replaced. */
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptId, JournalEvent } from '../events.ts';
import { type FingerprintHash, sha256 } from '../hash.ts';
import { newestLock, pointers, pointTo } from './attempts.ts';
import { recordedLock } from './collected.ts';
import { jsonText, readIfThere, readJson, writeAtomic } from './files.ts';
import type { Layout } from './layout.ts';
import { namesIn, objectHashes, publishedFingerprints } from './listing.ts';
import { isLockOf } from './lock-shape.ts';
import { hasObject, putFile } from './objects.ts';
import { findPublished, publish, type StageLock } from './published.ts';
import { hashTree } from './tree.ts';

/** @returns how many were not there */
export async function restoreObjects(aside: Layout, layout: Layout): Promise<number> {
  let restored = 0;
  for (const hash of await objectHashes(aside)) {
    if (!(await hasObject(layout, hash))) restored += 1;
    await putFile(layout, aside.object(hash), hash);
  }
  return restored;
}

/** @returns how many were not there, or damaged there */
export async function restoreResults(aside: Layout, layout: Layout): Promise<number> {
  let restored = 0;
  for (const fingerprint of await publishedFingerprints(aside)) {
    const lock = await readJson<StageLock>(aside.stage(fingerprint).lock);
    if (lock === undefined || (await findPublished(layout, fingerprint)) !== undefined) continue;
    await publish(layout, aside.stage(fingerprint).folder, lock);
    restored += 1;
  }
  return restored;
}

export async function restoreCollected(aside: Layout, layout: Layout): Promise<void> {
  for (const name of await namesIn(join(aside.runs, 'collected'))) {
    const fingerprint = name.replace('.json', '') as FingerprintHash;
    const lock = await readJson<StageLock>(aside.collected(fingerprint));
    if (lock === undefined || !isLockOf(lock, fingerprint) || (await recordedLock(layout, fingerprint)) !== undefined)
      continue;
    await writeAtomic(layout.collected(fingerprint), jsonText(lock));
  }
}

export async function restoreAttempts(aside: Layout, layout: Layout, ids: readonly AttemptId[]) {
  const attempts: AttemptId[] = [];
  const there: AttemptId[] = [];
  const conflicting: AttemptId[] = [];
  for (const id of ids) {
    const from = aside.run(id.configHash);
    const to = layout.run(id.configHash);
    const [source, target] = [from.attempt(id.attempt).folder, to.attempt(id.attempt).folder];
    if (existsSync(target)) {
      const isSame = (await hashTree(source)).hash === (await hashTree(target)).hash;
      (isSame ? there : conflicting).push(id);
      continue;
    }
    await mkdir(to.attempts, { recursive: true });
    for (const file of ['config', 'pipeline'] as const)
      if (!existsSync(to[file]) && existsSync(from[file])) await rename(from[file], to[file]);
    await rename(source, target);
    attempts.push(id);
    const newest = await newestLock(layout, id.configHash);
    for (const [stage, { fingerprint }] of pointers(newest))
      if (existsSync(layout.stage(fingerprint).folder)) await pointTo(layout, id.configHash, stage, fingerprint);
  }
  return { attempts, there, conflicting };
}

/** @returns studies of whose name another is there */
export async function restoreJournals(
  aside: Layout,
  layout: Layout,
  conflicting: readonly AttemptId[],
  studies: readonly string[],
): Promise<string[]> {
  const others = new Set(conflicting.map(nameOf));
  const lines = await linesOf(aside.journals);
  await addJournal(
    layout.journals,
    lines.filter((line) => !others.has(attemptOf(line))),
  );
  const refused: string[] = [];
  for (const name of studies) {
    const from = aside.study(name);
    const to = layout.study(name);
    const studyLines = await linesOf(from.journals);
    if (await isOther(to.journals, studyLines)) {
      refused.push(name);
      continue;
    }
    await addJournal(to.journals, studyLines);
    if (!existsSync(to.spec) && existsSync(from.spec)) await rename(from.spec, to.spec);
  }
  return refused;
}

/** Named by what it says: restoring the same again adds nothing. */
async function addJournal(folder: string, lines: readonly string[]): Promise<void> {
  const file = join(folder, journalName(lines));
  if (lines.length > 0 && !existsSync(file)) await writeAtomic(file, `${lines.join('\n')}\n`);
}

const journalName = (lines: readonly string[]) => `restored-${sha256(lines.join('\n')).slice(0, 16)}.jsonl`;

async function isOther(journals: string, lines: readonly string[]): Promise<boolean> {
  const names = (await namesIn(journals)).filter((name) => name.endsWith('.jsonl'));
  if (names.length === 0 || names.includes(journalName(lines))) return false;
  const here = new Set((await Promise.all(names.map((name) => readIfThere(join(journals, name))))).flatMap(split));
  return !lines.every((line) => here.has(line)); // restored where it was archived
}

async function linesOf(folder: string): Promise<string[]> {
  return split(await readIfThere(join(folder, 'archived.jsonl')));
}

function split(text: string | undefined): string[] {
  return (text ?? '').split('\n').filter((line) => line !== '');
}

export async function isWholeJournal(folder: string): Promise<boolean> {
  try {
    for (const line of await linesOf(folder)) attemptOf(line);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return false;
    throw error;
  }
}

function attemptOf(line: string): string {
  const event = JSON.parse(line) as Partial<Extract<JournalEvent, { id: AttemptId }>>;
  return event.id === undefined ? '' : nameOf(event.id);
}

const nameOf = ({ configHash, attempt }: AttemptId) => `${configHash}@${attempt}`;
