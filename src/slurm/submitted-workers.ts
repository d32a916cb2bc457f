/**
 * What was submitted of a study: one numbered file for each array of workers, written before sbatch is called, so that
 * what a command that died had submitted is found again by its mark and nothing is submitted twice.
 */
import { join } from 'node:path';
import { createExclusive, jsonText, readJson, writeAtomic } from '../store/files.ts';
import { namesIn } from '../store/listing.ts';
import type { Answer, Slurm } from './client.ts';
import { phaseOf, type SlurmJob } from './job-state.ts';

export interface Submission {
  readonly number: number;
  /** In the job's comment. */
  readonly mark: string;
  readonly at: number;
  readonly workers: number;
  /** Options of sbatch, then the script. */
  readonly args: readonly string[];
  /** What sbatch said; absent until then. */
  readonly job?: string;
  /** It was found that nothing of it waits or runs any more. */
  readonly over?: true;
}

export interface SubmittedWorkers {
  readonly submissions: readonly Submission[];
  /** Of those that are not over, each worker by itself, as far as Slurm still knows them. */
  readonly jobs: readonly SlurmJob[];
}

const pathOf = (folder: string, number: number) => join(folder, `submission-${number}.json`);

/** By number. */
export async function readSubmissions(folder: string): Promise<Submission[]> {
  const numbers = (await namesIn(folder)).flatMap((name) => name.match(/^submission-(\d+)\.json$/)?.[1] ?? []);
  const found = await Promise.all(numbers.map((number) => readJson<Submission>(pathOf(folder, Number(number)))));
  return found.flatMap((one) => one ?? []).sort((a, b) => a.number - b.number);
}

/**
 * Puts it on record, submits it and notes what sbatch said; where nobody answers it stays open, as it may have been submitted.
 *
 * @returns the job; `taken` where another command has its number, and nothing was submitted
 */
export async function submitWorkers(
  folder: string,
  client: Slurm,
  submission: Submission,
): Promise<Answer<string> | 'taken'> {
  if (!(await createExclusive(pathOf(folder, submission.number), jsonText(submission)))) return 'taken';
  const answer = await client.submit(submission.args);
  if (answer.ok) await note(folder, { ...submission, job: answer.value });
  else if (answer.failure.kind !== 'unreachable') await note(folder, { ...submission, over: true });
  return answer;
}

/** The number of the next one. */
export function nextNumber(all: readonly Submission[]): number {
  return Math.max(0, ...all.map(({ number }) => number)) + 1;
}

function note(folder: string, submission: Submission): Promise<void> {
  return writeAtomic(pathOf(folder, submission.number), jsonText(submission));
}

/** What Slurm knows of them now; writes nothing. */
export async function submittedWorkers(folder: string, client: Slurm): Promise<Answer<SubmittedWorkers>> {
  const all = await readSubmissions(folder);
  const named = await withJobs(all, client);
  if (!named.ok) return named;
  const open = named.value.flatMap(({ job, over }) => (job === undefined || over ? [] : [job]));
  const jobs = await client.jobs(open);
  return jobs.ok ? { ok: true, value: { submissions: named.value, jobs: jobs.value } } : jobs;
}

/** Those whose command died before it wrote down the job are found in the queue by their mark. */
async function withJobs(all: readonly Submission[], client: Slurm): Promise<Answer<readonly Submission[]>> {
  if (all.every(({ job, over }) => job !== undefined || over)) return { ok: true, value: all };
  const mine = await client.mine();
  if (!mine.ok) return mine;
  const byMark = new Map(mine.value.map(({ comment, submitted }) => [comment, submitted]));
  const found = all.map((one) => {
    const job = one.job ?? byMark.get(one.mark);
    return job === undefined ? one : { ...one, job };
  });
  return { ok: true, value: found };
}

/** Notes which of them are over, and the jobs that were found, so that Slurm is not asked about them for ever. */
export async function noteWhatIsOver(folder: string, { submissions, jobs }: SubmittedWorkers): Promise<void> {
  const before = new Map((await readSubmissions(folder)).map((one) => [one.number, one]));
  const alive = new Set(jobs.filter((job) => phaseOf(job) !== 'ended').map(({ submitted }) => submitted));
  for (const one of submissions) {
    const over = one.over || one.job === undefined || !alive.has(one.job);
    const known = before.get(one.number);
    if (known?.job !== one.job || (over && known?.over === undefined))
      await note(folder, { ...one, ...(over ? { over } : {}) });
  }
}
