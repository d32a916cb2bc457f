/**
 * Hands a run to Slurm: a job for each stage without a known result, and one that seals the attempt. Whoever asks for the
 * same again finds the submission; what a killed command had not submitted yet, the next one does.
 */
import type { AttemptId, Sink } from '../../events.ts';
import type { ConfigHash } from '../../hash.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import { upstream } from '../../plan/graph.ts';
import type { Surveyed } from '../../plan/surroundings.ts';
import { isElsewhere, type Slurm, type SlurmFailure } from '../../slurm/client.ts';
import { openSubmissions, type Submission, writeSubmission } from '../../slurm/submissions.ts';
import { askedOf, type Wishes } from '../../slurm/unit-arguments.ts';
import { pointTo } from '../../store/attempts.ts';
import { newNonce } from '../../store/files.ts';
import type { Layout } from '../../store/layout.ts';
import { tryMutex } from '../../store/mutex.ts';
import { currentProcess } from '../../store/process-identity.ts';
import { pause } from '../../store/waiting.ts';
import { attemptRecorder } from '../attempt-recorder.ts';
import { origin } from '../prepare-run.ts';
import { stageFinished } from '../results.ts';
import { checkTimes } from './check-times.ts';
import { changedSince, givenTo } from './given.ts';
import { type Looked, lookAt } from './look-at.ts';
import { planJobs } from './plan-jobs.ts';
import { settle, submitting } from './settle.ts';
import { sealing, submitUnits, type UnitsSubmitted } from './submit-units.ts';

export interface SubmitRequest {
  readonly pipeline: Pipeline;
  readonly layout: Layout;
  readonly targets: readonly string[];
  readonly force: boolean;
  readonly isolated: boolean;
  readonly tags: readonly string[];
  readonly note?: string;
  readonly wishes: Wishes;
  readonly slurm: Slurm;
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

export type Submitted =
  /** Every result is known: nothing is for a queue. */
  | { readonly kind: 'known' }
  | ({ readonly submission: Submission; readonly isNew: boolean } & UnitsSubmitted)
  /** Slurm said no, or nothing; nothing was begun. */
  | { readonly kind: 'nothing'; readonly failure: SlurmFailure }
  | { readonly kind: 'interrupted' };

export async function submit(request: SubmitRequest): Promise<Submitted> {
  const { layout, pipeline } = request;
  const looked = await lookAt(request);
  if (looked.warnings.length > 0) request.sink({ type: 'warned', diagnostics: looked.warnings });
  if (looked.pending.length === 0 && !(await hasOpen(layout, looked.configHash))) return { kind: 'known' };
  const folder = submitting(layout, { id: { configHash: looked.configHash, attempt: 0 } });
  let claim = await tryMutex(folder);
  for (let waitMs = 20; claim === undefined && !request.signal.aborted; waitMs = Math.min(500, waitMs * 1.5)) {
    await pause(waitMs, request.signal);
    claim = await tryMutex(folder);
  }
  if (claim === undefined) return { kind: 'interrupted' };
  try {
    const standing = await standingFor(request, looked);
    if (standing !== undefined && 'kind' in standing) return { kind: 'nothing', failure: standing };
    if (standing !== undefined)
      return {
        ...(await submitUnits({ ...request, file: pipeline.file }, standing, false)),
        submission: standing,
        isNew: false,
      };
    const now = await lookAt(request); // another command may have sealed one meanwhile, or done the work
    if (now.pending.length === 0) return { kind: 'known' };
    return await submitAnew(request, now);
  } finally {
    await claim.end({ state: 'released' });
  }
}

/** Between its last result and its seal, a submission stands, though all is known. */
async function hasOpen(layout: Layout, configHash: ConfigHash): Promise<boolean> {
  return (await openSubmissions(layout)).some(({ id }) => id.configHash === configHash);
}

/**
 * An open submission that has all of it, of what is in the project now; those without jobs in the queue are sealed first.
 * What was changed since is submitted anew: the jobs of before do not run it.
 */
async function standingFor(request: SubmitRequest, { configHash, stages, pending, surveys }: Looked) {
  for (const submission of await openSubmissions(request.layout)) {
    if (submission.id.configHash !== configHash) continue;
    const state = await settle({ ...request, file: request.pipeline.file }, submission, true);
    if (typeof state !== 'string') return state;
    const isOther =
      (request.force && !submission.force) ||
      stages.some(({ name }) => submission.stages[name] === undefined) ||
      pending.some(({ name }) => isChanged(submission, name, surveys.get(name)));
    if (state !== 'open' || isOther) continue;
    const elsewhere = await isElsewhere(request.slurm, submission);
    if (!elsewhere.ok) return elsewhere.failure;
    if (!elsewhere.value) return submission;
    const message = `this run is in the queue of cluster ${submission.cluster}`;
    return { kind: 'refused', message } satisfies SlurmFailure;
  }
  return undefined;
}

function isChanged(submission: Submission, stage: string, surveyed: Surveyed | undefined): boolean {
  return surveyed !== undefined && changedSince(submission, stage, surveyed).length > 0;
}

async function submitAnew(request: SubmitRequest, looked: Looked): Promise<Submitted> {
  const { layout, pipeline, sink } = request;
  checkTimes(looked.pending, request.wishes);
  const units = planJobs(looked.pending);
  const asked = new Map(
    [...units, sealing({ units })].map((unit) => [JSON.stringify(askedOf(unit, request.wishes)), unit]),
  );
  for (const unit of asked.values()) {
    const possible = await request.slurm.test(askedOf(unit, request.wishes));
    if (!possible.ok) return { kind: 'nothing', failure: possible.failure };
  }
  const cluster = await request.slurm.cluster();
  if (!cluster.ok) return { kind: 'nothing', failure: cluster.failure };
  let submission: Submission | undefined;
  const recorder = attemptRecorder({
    ...{ layout, pipeline, configHash: looked.configHash, previous: looked.previous, sink },
    inputs: { memo: looked.memo, surveys: looked.surveys },
    started: { ...origin(request), queue: 'slurm' },
    onBegin: async (id) => {
      submission = submissionOf(request, looked, { id, units, cluster: cluster.value });
      await writeSubmission(layout, submission);
    },
  });
  const { id } = await recorder.begin();
  for (const { name, outcome, lock } of looked.known) {
    const { fingerprint } = lock;
    if (outcome === 'cached') await pointTo(layout, id.configHash, name, fingerprint);
    recorder.stageFinished(stageFinished(pipeline, { name, outcome, fingerprint, lock, durationMs: 0 }));
  }
  recorder.handOver();
  await looked.memo.save();
  if (submission === undefined) throw new Error('the attempt began without its submission');
  return { ...(await submitUnits({ ...request, file: pipeline.file }, submission, true)), submission, isNew: true };
}

function submissionOf(
  { force, isolated }: SubmitRequest,
  { stages, known, surveys, keys }: Looked,
  { id, units, cluster }: { id: AttemptId; units: Submission['units']; cluster: string },
): Submission {
  return {
    ...{ format: 1, id, at: Date.now(), by: currentProcess(), cluster },
    ...{ nonce: newNonce().slice(0, 6), runNonce: newNonce(), force, isolated },
    stages: Object.fromEntries(stages.map((stage) => [stage.name, upstream(stage)])),
    known: Object.fromEntries(
      known.map(({ name, outcome, lock }) => [name, { outcome, fingerprint: lock.fingerprint }]),
    ),
    ...givenTo(surveys),
    ...{ units, keys },
  };
}
