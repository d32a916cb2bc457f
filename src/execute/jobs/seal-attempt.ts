/**
 * Ends a submitted attempt: what its stages said, and what the queue knows of those that said nothing, becomes its lock.
 * The last job of a submission does it; where that one is lost, whoever reads the record next.
 */
import { type Failure, UserError } from '../../errors.ts';
import { isNothing, type RunStatus, type StageFinished } from '../../events.ts';
import { loadPipeline } from '../../pipeline/load.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import { configHashOf } from '../../plan/config-hash.ts';
import { type JournalWriter, openJournal } from '../../record/journal.ts';
import { leaveSubmission, type Submission } from '../../slurm/submissions.ts';
import { say, sealing, wordOf } from '../../slurm/words.ts';
import { type AttemptLock, attemptLock, newestLock } from '../../store/attempts.ts';
import { removeClaims, tryClaim } from '../../store/claims.ts';
import { readJson } from '../../store/files.ts';
import { usePublished } from '../../store/in-use.ts';
import type { Layout } from '../../store/layout.ts';
import type { AttemptInputs } from '../attempt-inputs.ts';
import { lockAttempt } from '../attempt-recorder.ts';
import { stageFinished } from '../results.ts';

export interface Ending {
  readonly layout: Layout;
  /** Absolute path of pipeline.yaml. */
  readonly file: string;
  readonly submission: Submission;
  /** Why a stage that said nothing of its end has no result. */
  readonly failureOf: (stage: string) => Promise<Failure>;
  /** What is known better than a stage itself said. */
  readonly betterFailure?: (finished: StageFinished) => Promise<Failure | undefined>;
  /** When its job printed last, milliseconds since the epoch: as long at least it ran that said nothing of its end. */
  readonly lastSign?: (stage: string) => number | undefined;
}

/** @returns what each stage came to; undefined where another process is about it, or has done it */
export async function sealAttempt(ending: Ending): Promise<readonly StageFinished[] | undefined> {
  const { layout, submission } = ending;
  const folder = layout.claims(`seal-${submission.id.configHash}@${submission.id.attempt}`);
  const attempt = await tryClaim(folder);
  if (attempt.kind !== 'owned') return undefined;
  try {
    if ((await attemptLock(layout, submission.id)) !== undefined) return undefined;
    return await seal(ending, () => attempt.claim.isOurs());
  } finally {
    await removeClaims(folder);
    await attempt.claim.end({ state: 'released' });
  }
}

async function seal(ending: Ending, isOurs: () => Promise<boolean>): Promise<readonly StageFinished[] | undefined> {
  const { layout, submission, file } = ending;
  const pipeline = await pipelineAsSubmitted(file, layout, submission);
  const all: StageFinished[] = [];
  const unsaid: StageFinished[] = [];
  for (const stage of Object.keys(submission.stages)) {
    const { event, isSaid } = await endOf(ending, pipeline, stage, all);
    all.push(event);
    if (!isSaid) unsaid.push(event);
  }
  if (!(await isOurs())) return undefined; // a queue may have been asked for minutes
  const journal = openJournal(layout.journals);
  try {
    for (const event of unsaid) {
      journal.append(event);
      say(layout, submission.id, { job: '', restart: sealing, event }); // the last word, for who follows
    }
    await writeEnd(ending, pipeline, all, journal);
  } finally {
    journal.close();
  }
  leaveSubmission(layout, submission.id);
  return all;
}

async function writeEnd(
  { layout, submission }: Ending,
  pipeline: Pipeline | undefined,
  all: readonly StageFinished[],
  journal: JournalWriter,
): Promise<void> {
  const { id } = submission;
  const status = statusOf(all);
  const previous = await newestLock(layout, id.configHash);
  const inputs = await readJson<AttemptInputs>(layout.run(id.configHash).attempt(id.attempt).inputs);
  await lockAttempt({ layout, pipeline, previous }, inputs, id, { status, stages: pointersTo(all) });
  journal.append({ type: 'run-finished', at: Date.now(), id, status, durationMs: Date.now() - submission.at });
}

/** With the params that were submitted; undefined where it cannot be read any more, or has become another. */
export async function pipelineAsSubmitted(
  file: string,
  layout: Layout,
  { id }: Submission,
): Promise<Pipeline | undefined> {
  try {
    const pipeline = await loadPipeline({ file, overlays: [layout.run(id.configHash).config], set: [] });
    return configHashOf(pipeline) === id.configHash ? pipeline : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** How a stage ended, and whether a journal has it already. */
async function endOf(
  { layout, submission, failureOf, betterFailure, lastSign }: Ending,
  pipeline: Pipeline | undefined,
  stage: string,
  before: readonly StageFinished[],
): Promise<{ readonly event: StageFinished; readonly isSaid: boolean }> {
  const base = { type: 'stage-finished', at: Date.now(), id: submission.id, stage, durationMs: 0 } as const;
  const known = submission.known[stage];
  if (known !== undefined) return { event: { ...base, ...known }, isSaid: true };
  const { started, finished } = await wordOf(layout, submission.id, stage);
  if (finished !== undefined) {
    const better = await betterFailure?.(finished);
    return better === undefined
      ? { event: finished, isSaid: true }
      : { event: { ...finished, at: base.at, failure: better }, isSaid: false };
  }
  const lock = started && (await usePublished(layout, started.fingerprint));
  if (lock !== undefined) {
    const result = { name: stage, outcome: 'ran', fingerprint: lock.fingerprint, lock, durationMs: 0 } as const;
    const told =
      pipeline === undefined
        ? { outcome: result.outcome, fingerprint: lock.fingerprint }
        : stageFinished(pipeline, result);
    return { event: { ...base, ...told }, isSaid: false };
  }
  const missing = before.find((event) => submission.stages[stage]?.includes(event.stage) && isNothing(event.outcome));
  const failure: Failure =
    missing === undefined ? await failureOf(stage) : { kind: 'dependency-failed', stage: missing.stage };
  const stopped = failure.kind === 'dependency-failed' || (failure.kind === 'job' && failure.how === 'cancelled');
  const ran =
    started === undefined
      ? {}
      : { fingerprint: started.fingerprint, durationMs: Math.max(0, (lastSign?.(stage) ?? 0) - started.at) };
  return { event: { ...base, outcome: stopped ? 'cancelled' : 'failed', ...ran, failure }, isSaid: false };
}

function statusOf(all: readonly StageFinished[]): Extract<RunStatus, 'complete' | 'failed' | 'cancelled'> {
  if (all.every(({ outcome }) => !isNothing(outcome))) return 'complete';
  return all.some(({ outcome }) => outcome === 'failed') ? 'failed' : 'cancelled';
}

function pointersTo(all: readonly StageFinished[]): AttemptLock['stages'] {
  return Object.fromEntries(
    all.map(({ stage, outcome, fingerprint }) => [
      stage,
      { outcome, ...(fingerprint === undefined ? {} : { fingerprint }) },
    ]),
  );
}
