/**
 * Has a past attempt again: rebuilt from its record aside from today's project, run without the cache, and compared with
 * what was recorded: same bytes, equal metrics only, or different; and whether what went in is still the same.
 */
import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AttemptId, RunStatus } from '../events.ts';
import { short } from '../hash.ts';
import { openJournal } from '../record/journal.ts';
import { isErrno } from '../store/files.ts';
import { removeFolder } from '../store/folders.ts';
import { beginUsing } from '../store/in-use.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import { ownedName } from '../store/owned-names.ts';
import type { Judgement } from './reproduce-judge.ts';
import { type RecordedAttempt, readRecorded, type UnmadeStage } from './reproduce-record.ts';
import { type ReproduceRequest, reproduceAside } from './reproduce-session.ts';

export interface Reproduction extends Judgement {
  readonly id: AttemptId;
  readonly tolerance: number;
  /** `not-recorded`: today's code was run, as an attempt of Retrial 0.1 has none on record. */
  readonly code: 'recorded' | 'current' | 'not-recorded';
  /** What the attempt had ended as: of one that was not complete, what it came to is compared. */
  readonly recordedStatus: RunStatus;
  /** Stages that came to nothing in it, and are not compared. */
  readonly notCompared: readonly UnmadeStage[];
  /** Where the rebuilt project and what came out of it are kept, when it came out different. */
  readonly kept?: string;
}

/** @returns undefined where it was interrupted: what was not run to its end says nothing, and leaves nothing */
export async function reproduce(request: ReproduceRequest): Promise<Reproduction | undefined> {
  const { layout, id, signal } = request;
  const recorded = await readRecorded(layout, id);
  const folder = layout.reproduction(`${short(id.configHash)}@${id.attempt}-${ownedName()}`);
  const using = beginUsing(layout, 'everything');
  let kept = false;
  try {
    const judgement = await reproduceAside(request, recorded, layoutOf(folder));
    if (judgement === undefined || signal?.aborted === true) return undefined;
    await recordVerdict(layout, id, judgement, recorded);
    kept = judgement.verdict !== 'identical';
    const code = recorded.inputs === undefined ? 'not-recorded' : request.currentCode === true ? 'current' : 'recorded';
    const then = { recordedStatus: recorded.status, notCompared: recorded.unmade };
    return { id, ...judgement, ...then, code, tolerance: request.tolerance ?? 0, ...(kept ? { kept: folder } : {}) };
  } finally {
    using.end();
    await (kept ? tidy(layoutOf(folder)) : removeAside(folder));
  }
}

async function recordVerdict(layout: Layout, id: AttemptId, judgement: Judgement, recorded: RecordedAttempt) {
  const { verdict, stages, firstDifference } = judgement;
  const ended = stages.flatMap(({ name, state, sameInputs, outputs }) => {
    const fingerprint = recorded.stages.get(name)?.lock.fingerprint;
    if (state !== 'ended' || fingerprint === undefined) return [];
    const differing = outputs.filter((output) => !output.identical).map((output) => output.name);
    return [{ stage: name, fingerprint, sameInputs, differing }];
  });
  const journal = openJournal(layout.journals);
  journal.append({
    ...{ type: 'run-reproduced', at: Date.now(), id, verdict, stages: ended },
    ...(firstDifference === undefined ? {} : { firstDifference }),
  });
  journal.close();
}

/** What is kept is the rebuilt project and what came out of it: links into the store would dangle one day. */
async function tidy(aside: Layout): Promise<void> {
  await removeFolder(aside.memo);
  for (const kind of ['alone', 'carried']) {
    for (const stage of await entriesIn(join(aside.runs, kind))) {
      const { stages } = layoutOf(join(aside.runs, kind, stage.name));
      for (const entry of await entriesIn(stages)) if (entry.isSymbolicLink()) await rm(join(stages, entry.name));
    }
  }
}

async function entriesIn(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  });
}

async function removeAside(folder: string): Promise<void> {
  await removeFolder(folder);
  await rmdir(dirname(folder)).catch((error: unknown) => {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error; // others are kept
  });
}
