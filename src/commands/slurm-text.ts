/** What is said of a submission: which jobs, what they wait for, how to see and to end them. */
import { short } from '../hash.ts';
import { phaseOf, type SlurmJob } from '../slurm/job-state.ts';
import { endingOf, stuckBecause } from '../slurm/job-words.ts';
import { closing, type JobUnit, type Submission, type WaitsFor } from '../slurm/submissions.ts';

export interface InQueue {
  readonly submission: Submission;
  /** Unit → id. */
  readonly jobs: ReadonlyMap<string, string>;
  readonly isNew: boolean;
}

/** @param states what the queue says of the jobs, where it was asked */
export function submissionLines({ submission, jobs, isNew }: InQueue, states: readonly SlurmJob[]): string[] {
  const { id, units } = submission;
  const width = Math.max(...units.map(({ name }) => name.length));
  const lines = units.map((unit) => {
    const job = jobs.get(unit.name) ?? '';
    const said = states.filter(({ submitted }) => submitted === job);
    const parts = [`⧗ ${unit.name.padEnd(width)}`, jobText(unit, job), ...(isNew ? after(unit) : [stateText(said)])];
    return parts.join('  ');
  });
  const name = `${short(id.configHash)}@${id.attempt}`;
  const what = isNew ? 'submitted' : 'was submitted before, and is not again';
  return [...lines, `run ${name} ${what}; retrial show ${name}, squeue --me; to end it: ${cancelling(jobs)}`];
}

/** The job that seals the attempt is left: it ends when all others have. */
export function cancelling(jobs: ReadonlyMap<string, string>): string {
  return `scancel ${[...jobs].flatMap(([unit, job]) => (unit === closing ? [] : [job])).join(' ')}`;
}

/** The machine-readable word for a submission: a public interface. */
export function submissionJson({ submission, jobs, isNew }: InQueue, states: readonly SlurmJob[]) {
  return {
    ...submission.id,
    status: isNew ? 'submitted' : 'standing',
    jobs: submission.units.map(({ name, stages }) => ({
      job: jobs.get(name) ?? null,
      stages,
      ...statesOf(jobs.get(name), states),
    })),
    known: Object.keys(submission.known),
  };
}

function statesOf(job: string | undefined, states: readonly SlurmJob[]) {
  const said = states.filter(({ submitted }) => submitted === job);
  return said.length === 0 ? {} : { states: Object.fromEntries(said.map(({ id, state }) => [id, state])) };
}

function jobText({ stages }: JobUnit, job: string): string {
  return stages.length === 1 ? `job ${job}` : `jobs ${job}_0 to ${job}_${stages.length - 1}`;
}

function after({ after }: JobUnit): string[] {
  return after.length === 0 ? [] : [`after ${after.map(waitText).join(', ')}`];
}

function waitText({ unit, tasks, each }: WaitsFor): string {
  if (each) return `its like of ${unit}`;
  return tasks === undefined ? unit : `${tasks.length} of ${unit}`;
}

/** `2 running, 3 waiting (Resources)`. */
function stateText(jobs: readonly SlurmJob[]): string {
  if (jobs.length === 0) return 'no longer in the queue';
  const counts = new Map<string, number>();
  for (const job of jobs) counts.set(wordFor(job), (counts.get(wordFor(job)) ?? 0) + 1);
  return [...counts].map(([word, count]) => (jobs.length === 1 ? word : `${count} ${word}`)).join(', ');
}

function wordFor(job: SlurmJob): string {
  switch (phaseOf(job)) {
    case 'waiting': {
      const why = stuckBecause(job) ?? job.reason;
      return why === '' ? 'waiting' : `waiting (${why})`;
    }
    case 'running':
      return `running on ${job.node}`;
    case 'ended':
      return endingOf(job);
  }
}
