/**
 * What was submitted of an attempt: which jobs, for which stages, and what is known of each. It is written before the
 * first job is asked for and stays until the attempt has its lock, so that whoever comes later, a second command, a job
 * or a reader, knows all that the submitting one knew.
 */
import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { AttemptId, ProcessIdentity, StageOutcome } from '../events.ts';
import type { ConfigHash, ContentHash, FingerprintHash } from '../hash.ts';
import { attemptLock, attemptNumbers } from '../store/attempts.ts';
import { jsonText, readJson, writeAtomic } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { namesIn } from '../store/listing.ts';

/** What must have ended well before a job begins: another job, some tasks of an array, or of each task its like. */
export interface WaitsFor {
  readonly unit: string;
  readonly tasks?: readonly number[];
  readonly each?: true;
}

/** A job, or an array of jobs. */
export interface JobUnit {
  /** One of its stages or what they are instances of; each once in a submission. */
  readonly name: string;
  /** What it runs; of several each is the task of its index. */
  readonly stages: readonly string[];
  readonly resources: {
    readonly cpus: number;
    readonly memoryBytes?: number;
    readonly timeMs?: number;
    readonly gpus?: number;
  };
  readonly after: readonly WaitsFor[];
}

export interface Submission {
  readonly format: 1;
  readonly id: AttemptId;
  readonly at: number;
  readonly by: ProcessIdentity;
  /** That took its jobs; absent in records of before. */
  readonly cluster?: string;
  /** In the names of its jobs, so that they are found again. */
  readonly nonce: string;
  /** Stands for the run in the keys of stages that always run. */
  readonly runNonce: string;
  readonly force: boolean;
  readonly isolated: boolean;
  /** Every stage of the run, dependencies first → those it takes outputs of. */
  readonly stages: Readonly<Record<string, readonly string[]>>;
  /** Results that were there when it was submitted. */
  readonly known: Readonly<Record<string, { readonly outcome: StageOutcome; readonly fingerprint: FingerprintHash }>>;
  /** Of each stage of a job the hash of what it was given from outside, which {@link given} tells. */
  readonly givenTo: Readonly<Record<string, string>>;
  readonly given: Readonly<Record<string, Given>>;
  readonly units: readonly JobUnit[];
  /** Keys of those stages of its jobs whose keys could be told. */
  readonly keys: Readonly<Record<string, FingerprintHash>>;
}

/** What a job must find as it was: else the record would tell of other code than ran. */
export interface Given {
  readonly code: Readonly<Record<string, ContentHash>>;
  readonly packages: string;
}

/** The unit that ends last, and seals the attempt. */
export const closing = '@seal';

export async function writeSubmission(layout: Layout, submission: Submission): Promise<void> {
  const at = layout.submission(submission.id);
  await mkdir(at.words, { recursive: true });
  await writeAtomic(at.plan, jsonText(submission));
  await writeAtomic(at.open, '');
}

export async function readSubmission(layout: Layout, id: AttemptId): Promise<Submission | undefined> {
  const submission = await readJson<Submission>(layout.submission(id).plan);
  return submission?.format === 1 ? submission : undefined;
}

/** Those whose attempts are not sealed; where the attempt is, or was removed, it is remembered. */
export async function openSubmissions(layout: Layout): Promise<Submission[]> {
  const open: Submission[] = [];
  for (const name of await namesIn(layout.submissionsOpen)) {
    const [configHash = '', attempt = ''] = name.split('@');
    const id = { configHash: configHash as ConfigHash, attempt: Number(attempt) };
    const submission = await readSubmission(layout, id);
    if (submission === undefined) continue;
    if (await isOpen(layout, submission)) open.push(submission);
    else leaveSubmission(layout, id);
  }
  return open;
}

/** It needs no more looking after; what was submitted of it stays to be read. */
export function leaveSubmission(layout: Layout, id: AttemptId): void {
  rmSync(layout.submission(id).open, { force: true });
}

/** An attempt that was just begun on another machine may not be in a listing here yet. */
const lateMs = 5 * 60_000;

async function isOpen(layout: Layout, { id, at }: Submission): Promise<boolean> {
  if ((await attemptLock(layout, id)) !== undefined) return false;
  if ((await attemptNumbers(layout, id.configHash)).includes(id.attempt)) return true;
  return Date.now() - at < lateMs; // else it was removed
}

/** Under which id a unit was taken by the queue; undefined where that is not known. */
export async function jobOf(layout: Layout, id: AttemptId, unit: string): Promise<string | undefined> {
  return (await readJson<{ job?: string }>(layout.submission(id).job(unit)))?.job;
}

export async function writeJob(layout: Layout, id: AttemptId, unit: string, job: string): Promise<void> {
  await writeAtomic(layout.submission(id).job(unit), jsonText({ job, at: Date.now() }));
}

/** sbatch was called and did not answer: Slurm may take the unit yet. */
export async function writeUnanswered(layout: Layout, id: AttemptId, unit: string): Promise<void> {
  await writeAtomic(layout.submission(id).job(unit), jsonText({ at: Date.now() }));
}

/** When sbatch was called for a unit, where it did not answer; undefined where it did, or was not called. */
export async function unansweredAt(layout: Layout, id: AttemptId, unit: string): Promise<number | undefined> {
  const record = await readJson<{ job?: string; at: number }>(layout.submission(id).job(unit));
  return record === undefined || record.job !== undefined ? undefined : record.at;
}

/** What a job is called in the queue; nobody else's is called so. */
export function jobName({ id, nonce }: Pick<Submission, 'id' | 'nonce'>, unit: string): string {
  return `${unit}.${id.configHash.slice(0, 7)}@${id.attempt}.${nonce}`;
}

/** As the queue names the one job of a stage: `12`, or `12_3`. */
export function taskId(unit: JobUnit, job: string, stage: string): string {
  return unit.stages.length === 1 ? job : `${job}_${unit.stages.indexOf(stage)}`;
}

/** Of the file that its batch script prints into, without an ending: `train`, `train-3`. */
export function outputName(unit: JobUnit, stage: string): string {
  return unit.stages.length === 1 ? unit.name : `${unit.name}-${unit.stages.indexOf(stage)}`;
}
