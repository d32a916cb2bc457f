/** Whether a submission still has jobs with work in the queue; where it has none, and nobody sealed its attempt, that is done here. */
import { statSync, writeFileSync } from 'node:fs';
import type { Failure } from '../../errors.ts';
import { type Answer, isElsewhere, type Slurm, type SlurmFailure } from '../../slurm/client.ts';
import { notedEnding, noteEndings } from '../../slurm/endings.ts';
import { jobFailure, knowsBetter } from '../../slurm/job-failure.ts';
import { phaseOf, type SlurmJob } from '../../slurm/job-state.ts';
import { lastLine } from '../../slurm/last-words.ts';
import { printedInto } from '../../slurm/out-of-memory.ts';
import {
  closing,
  type JobUnit,
  jobOf,
  openSubmissions,
  outputName,
  type Submission,
  taskId,
} from '../../slurm/submissions.ts';
import { observeClaim } from '../../store/claims.ts';
import type { Layout } from '../../store/layout.ts';
import { below } from '../../store/listing.ts';
import { attempted } from '../../store/mark-used.ts';
import { type Ending, sealAttempt } from './seal-attempt.ts';

export interface Queue {
  readonly layout: Layout;
  /** Absolute path of pipeline.yaml. */
  readonly file: string;
  readonly slurm: Slurm;
}

/** Ids of the units that the queue took, the sealing one last. */
export async function jobsOf(layout: Layout, { id, units }: Submission): Promise<Map<string, string>> {
  const jobs = new Map<string, string>();
  for (const unit of [...units.map(({ name }) => name), closing]) {
    const job = await jobOf(layout, id, unit);
    if (job !== undefined) jobs.set(unit, job);
  }
  return jobs;
}

/** The claim of who submits jobs of a config. */
export const submitting = (layout: Layout, { id }: Pick<Submission, 'id'>) => layout.claims(`submit-${id.configHash}`);

/**
 * @param isSubmitter where this process has the claim of {@link submitting}
 * @returns `open` while the queue has jobs of it, another process is just submitting them, or another cluster knows
 */
export async function settle(
  queue: Queue,
  submission: Submission,
  isSubmitter = false,
): Promise<'open' | 'sealed' | SlurmFailure> {
  const { layout, slurm } = queue;
  const isHeld = async () => !isSubmitter && (await observeClaim(submitting(layout, submission)))?.held === true;
  const wasHeld = await isHeld(); // also before the queue is asked: who then ends handed in what the answer may lack
  const elsewhere = await isElsewhere(slurm, submission);
  if (!elsewhere.ok) return elsewhere.failure;
  const jobs = await jobsOf(layout, submission);
  const all = elsewhere.value ? nothingKnown : await inQueue(slurm, submission, jobs);
  if (!all.ok) return all.failure;
  const isBeingSubmitted = wasHeld || (await isHeld());
  const alive = all.value.filter((job) => phaseOf(job) !== 'ended');
  const isAtWork = alive.length > 0 && !isOnlyClosingLeft(submission, jobs, alive);
  if (isBeingSubmitted || elsewhere.value || isAtWork) {
    attempted(() => writeFileSync(layout.submission(submission.id).seen, ''));
    noteEndings(layout, submission.id, all.value);
    return 'open';
  }
  const ended = await sealAttempt({ ...queue, submission, ...failuresOf(layout, submission, jobs, async () => all) });
  if (ended !== undefined && alive.length > 0) await slurm.cancel([jobs.get(closing) ?? '']);
  return 'sealed';
}

const nothingKnown: Answer<readonly SlurmJob[]> = { ok: true, value: [] };

/** All else has ended, and the job that would seal it waits: in a full queue it may do so for hours. */
function isOnlyClosingLeft(
  { units }: Submission,
  jobs: ReadonlyMap<string, string>,
  alive: readonly SlurmJob[],
): boolean {
  const last = jobs.get(closing);
  return jobs.size > units.length && alive.every((job) => job.submitted === last && phaseOf(job) === 'waiting');
}

/** Where it is not known of every unit what the queue calls it, its jobs are known by their names. */
async function inQueue(slurm: Slurm, { units, nonce }: Submission, jobs: ReadonlyMap<string, string>) {
  const known = await slurm.jobs([...jobs.values()]);
  if (!known.ok || jobs.size > units.length) return known;
  const mine = await slurm.mine();
  if (!mine.ok) return mine;
  return { ok: true, value: [...known.value, ...mine.value.filter(({ name }) => name.endsWith(`.${nonce}`))] } as const;
}

/** What the queue says of stages that said nothing of their end; it is asked once, and where it is needed. */
export function failuresOf(
  layout: Layout,
  { id: attempt, units }: Submission,
  jobs: ReadonlyMap<string, string>,
  ask: () => Promise<Answer<readonly SlurmJob[]>>,
): Pick<Ending, 'failureOf' | 'betterFailure' | 'lastSign'> {
  let asked: ReturnType<typeof ask> | undefined;
  const outputOf = (unit: JobUnit, stage: string) => layout.submission(attempt).output(outputName(unit, stage));
  const find = async (stage: string) => {
    const unit = units.find(({ stages }) => stages.includes(stage));
    const submitted = unit && jobs.get(unit.name);
    if (unit === undefined || submitted === undefined) return { id: unit?.name ?? stage, job: undefined, output: '' };
    const id = taskId(unit, submitted, stage);
    asked ??= ask();
    const answer = await asked;
    const known = answer.ok ? answer.value.find((one) => one.id === id) : undefined;
    const job = known ?? (await notedEnding(layout, attempt, id));
    return { id, job, output: outputOf(unit, stage) };
  };
  return {
    failureOf: async (stage): Promise<Failure> => {
      const { id, job, output } = await find(stage);
      const failure = jobFailure(id, job, () => printedInto(output));
      if (failure.how !== 'ended' && failure.how !== 'not-started') return failure;
      const said = [failure.said, lastLine(output), `it printed runs/${below(layout, output)}`];
      return { ...failure, said: said.filter((word) => word !== undefined).join('; ') };
    },
    betterFailure: async ({ stage, failure }) => {
      if (failure?.kind !== 'signal' && failure?.kind !== 'exit') return undefined;
      const { id, job } = await find(stage);
      return knowsBetter(failure, job) ? jobFailure(id, job) : undefined;
    },
    lastSign: (stage) => {
      const unit = units.find(({ stages }) => stages.includes(stage));
      return unit && statSync(outputOf(unit, stage), { throwIfNoEntry: false })?.mtimeMs; // Slurm adds that it was cancelled
    },
  };
}

/** Before the record is read: nothing is shown as running whose jobs are gone. A queue that does not answer changes nothing. */
export async function settleOpen(queue: Queue): Promise<void> {
  for (const submission of await openSubmissions(queue.layout))
    if (typeof (await settle(queue, submission)) !== 'string') return;
}
