/**
 * `squeue --json`. Its form moves from version to version: 22.05 has plain numbers and the raw wait status, 23.02 wraps
 * numbers as { set, number }, from 23.11 on states are lists and exit codes maps. What is not there is read as not said.
 */
import { endedBy, fromWaitStatus, phaseOf, type SlurmJob, tasksIn } from './job-state.ts';
import { memoryIn } from './out-of-memory.ts';

type Json = Readonly<Record<string, unknown>>;

/** @returns undefined where it is no such JSON */
export function jobsInJson(text: string): SlurmJob[] | undefined {
  const jobs = mapIn(parsed(text))?.jobs;
  if (!Array.isArray(jobs)) return undefined;
  return jobs.flatMap((job) => jobsOf(mapIn(job) ?? {}));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A task of an array; tasks that wait together are one entry, with their numbers as a text. */
function jobsOf(job: Json): SlurmJob[] {
  const number = numberIn(job.job_id);
  if (number === undefined) return [];
  const array = numberIn(job.array_job_id) || undefined; // 0 where it is none
  const task = numberIn(job.array_task_id);
  const state = stateIn(job.job_state);
  const rest = {
    state,
    reason: reasonIn(job.state_reason),
    node: textIn(job.nodes),
    ...endedBy(state, exitIn(job.exit_code)),
    restarts: numberIn(job.restart_cnt) ?? 0,
    ...limitIn(job.time_limit),
    ...(phaseOf({ state }) === 'ended' ? memoryIn(textIn(job.tres_alloc_str)) : {}),
    ...{ name: textIn(job.name), comment: textIn(job.comment) },
  };
  if (array === undefined) return [{ id: String(number), submitted: String(number), ...rest }];
  const tasks = task === undefined ? tasksIn(textIn(job.array_task_string)) : [task];
  return tasks.map((one) => ({ id: `${array}_${one}`, submitted: String(array), task: one, ...rest }));
}

function mapIn(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const { set, infinite, number } = mapIn(value) ?? {};
  return set === true && infinite !== true && typeof number === 'number' ? number : undefined;
}

/** The first of a list is the state, others (`COMPLETING`, `REQUEUED`) say more of it. */
function stateIn(value: unknown): string {
  const [first, ...more] = Array.isArray(value) ? value.map(textIn) : [textIn(value)];
  return more.includes('COMPLETING') ? 'COMPLETING' : (first ?? '');
}

function reasonIn(value: unknown): string {
  const reason = textIn(value);
  return reason === 'None' ? '' : reason;
}

function exitIn(value: unknown): Pick<SlurmJob, 'exitCode' | 'signal'> {
  const { return_code: code, signal } = mapIn(value) ?? {};
  if (code === undefined && signal === undefined) {
    const status = numberIn(value);
    return status === undefined ? {} : fromWaitStatus(status);
  }
  const by = numberIn(mapIn(signal)?.id) ?? numberIn(mapIn(signal)?.signal_id);
  if (by) return { signal: by };
  const exitCode = numberIn(code);
  return exitCode === undefined ? {} : { exitCode };
}

function limitIn(value: unknown): Pick<SlurmJob, 'timeLimitMinutes'> {
  const minutes = numberIn(value);
  return minutes === undefined ? {} : { timeLimitMinutes: minutes };
}
