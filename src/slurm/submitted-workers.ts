/**
 * What was submitted of a study: one numbered file for each array of workers, written before sbatch is called, so that
 * what a command that died had submitted is found again by its mark and nothing is submitted twice.
 */
import { join } from 'node:path';
import { createExclusive, jsonText, readJson, writeAtomic } from '../store/files.ts';
import { namesIn } from '../store/listing.ts';
import { type Answer, lateMs, mayStillHappen, type Slurm } from './client.ts';
import { phaseOf, type SlurmJob } from './job-state.ts';

export interface SubmittedArray {
  readonly number: number;
  /** In the job's comment. */
  readonly mark: string;
  readonly at: number;
  readonly workers: number;
  /** Options of sbatch, then the script. */
  readonly args: readonly string[];
  /** That took it; absent in records of before. */
  readonly cluster?: string;
  /** What sbatch said; absent until then. */
  readonly job?: string;
  /** It was found that nothing of it waits or runs any more. */
  readonly over?: true;
}

export interface SubmittedWorkers {
  /** Of this cluster. */
  readonly submissions: readonly SubmittedArray[];
  /** Of those that are not over, each worker by itself, as far as Slurm still knows them. */
  readonly jobs: readonly SlurmJob[];
  /** Of those that sbatch did not answer for, and that may yet come into the queue. */
  readonly unanswered: readonly SubmittedArray[];
  /** Other clusters that took some that are not known to be over: nothing is known of them here. */
  readonly elsewhere: readonly string[];
}

const pathOf = (folder: string, number: number) => join(folder, `submission-${number}.json`);

/** By number. */
export async function readSubmissions(folder: string): Promise<SubmittedArray[]> {
  const numbers = (await namesIn(folder)).flatMap((name) => name.match(/^submission-(\d+)\.json$/)?.[1] ?? []);
  const found = await Promise.all(numbers.map((number) => readJson<SubmittedArray>(pathOf(folder, Number(number)))));
  return found.flatMap((one) => one ?? []).sort((a, b) => a.number - b.number);
}

/** What is submitted, beside its number. */
export type AskedWorkers = Pick<SubmittedArray, 'mark' | 'workers' | 'args'>;

/**
 * Puts it on record, submits it and notes what sbatch said; where nobody answers it stays open, as it may have been submitted.
 * A listing of a network file system may be old: who finds the next number taken draws the one after.
 *
 * @param asked of a number: its script may be named by it
 * @param beforehand what is to be done once the number is this one's
 * @returns the job
 */
export async function submitWorkers(
  folder: string,
  client: Slurm,
  asked: (number: number) => AskedWorkers,
  beforehand: (submission: SubmittedArray) => void = () => undefined,
): Promise<Answer<string>> {
  const cluster = await client.cluster();
  if (!cluster.ok) return cluster;
  let submission: SubmittedArray;
  let number = nextNumber(await readSubmissions(folder));
  do {
    submission = { number, at: Date.now(), cluster: cluster.value, ...asked(number) };
    number++;
  } while (!(await createExclusive(pathOf(folder, submission.number), jsonText(submission))));
  beforehand(submission);
  const answer = await client.submit(submission.args);
  if (answer.ok) await note(folder, { ...submission, job: answer.value });
  else if (!mayStillHappen(answer.failure)) await note(folder, { ...submission, over: true });
  return answer;
}

function nextNumber(all: readonly SubmittedArray[]): number {
  return Math.max(0, ...all.map(({ number }) => number)) + 1;
}

function note(folder: string, submission: SubmittedArray): Promise<void> {
  return writeAtomic(pathOf(folder, submission.number), jsonText(submission));
}

/** What Slurm knows of them now; writes nothing. */
export async function submittedWorkers(folder: string, client: Slurm): Promise<Answer<SubmittedWorkers>> {
  const all = await readSubmissions(folder);
  const here = all.length === 0 ? undefined : await client.cluster();
  if (here?.ok === false) return here;
  const isHere = ({ cluster }: SubmittedArray) => cluster === undefined || cluster === here?.value;
  const named = await withJobs(all.filter(isHere), client);
  if (!named.ok) return named;
  const elsewhere = all.flatMap((one) => (isHere(one) || one.over ? [] : [one.cluster ?? '']));
  const open = named.value.flatMap(({ job, over }) => (job === undefined || over ? [] : [job]));
  const jobs = await client.jobs(open);
  if (!jobs.ok) return jobs;
  const unanswered = named.value.filter(isUnanswered);
  const known = { submissions: named.value, jobs: jobs.value, unanswered, elsewhere: [...new Set(elsewhere)] };
  return { ok: true, value: known };
}

function isUnanswered({ job, over, at }: SubmittedArray): boolean {
  return job === undefined && over === undefined && Date.now() - at < lateMs;
}

/** Those whose command died before it wrote down the job are found in the queue by their mark. */
async function withJobs(all: readonly SubmittedArray[], client: Slurm): Promise<Answer<readonly SubmittedArray[]>> {
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
    const over = one.over || (one.job === undefined ? !isUnanswered(one) : !alive.has(one.job));
    const known = before.get(one.number);
    if (known?.job !== one.job || (over && known?.over === undefined))
      await note(folder, { ...one, ...(over ? { over } : {}) });
  }
}
