/** What a job does when its time limit nears: a stage that keeps checkpoints goes back into the queue. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StageResult } from '../execute/execute-stage.ts';
import type { Slurm } from '../slurm/client.ts';
import type { Submission } from '../slurm/submissions.ts';
import { wordOf } from '../slurm/words.ts';
import type { Layout } from '../store/layout.ts';
import { wroteCheckpoint } from './job-checkpoint.ts';
import { requeueAtLimit } from './slurm-requeue.ts';

export interface LimitedJob {
  readonly layout: Layout;
  readonly submission: Submission;
  readonly stage: string;
  /** As the queue names it. */
  readonly job: string;
  /** When it began, by this machine's clock. */
  readonly startedMs: number;
  /** So long before the limit it is told; Slurm may do so up to a minute earlier. */
  readonly aheadMs: number;
}

const everyMs = 1_000;
/** What is left to a stage that keeps its first checkpoint when it is told to end. */
const leftMs = 10_000;

/** At once where there is a checkpoint to go on from; a stage without may still come to its end, nearly to the limit. */
export async function lastMoment(limited: LimitedJob): Promise<void> {
  const { layout, submission, stage, startedMs, aheadMs } = limited;
  const untilMs = performance.now() + aheadMs - Math.min(leftMs, aheadMs / 3);
  while (performance.now() < untilMs) {
    const key = (await wordOf(layout, submission.id, stage)).started?.fingerprint;
    if (key !== undefined && wroteCheckpoint(layout, key, startedMs)) return;
    await sleep(everyMs);
  }
}

/** Of a stage that the limit ended. Without a checkpoint of this job it would come to the same end again. */
export async function atLimit(limited: LimitedJob, queue: Slurm, ended: StageResult): Promise<StageResult | 'again'> {
  const { layout, job, startedMs } = limited;
  if (ended.fingerprint !== undefined && wroteCheckpoint(layout, ended.fingerprint, startedMs)) {
    const requeued = await requeueAtLimit(queue, job);
    if (requeued.ok) return 'again';
    process.stderr.write(`it could not be put back into the queue: ${requeued.failure.message}\n`);
  }
  return { ...ended, outcome: 'failed', failure: { kind: 'job', how: 'time-limit', job } };
}
