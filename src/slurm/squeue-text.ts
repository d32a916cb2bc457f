/**
 * `squeue -O` by columns. It is asked first: it tells of the jobs that are named and of no others, where `--json` of 22.05
 * gives every job of the cluster with all its fields, and its words are the same in all versions.
 */
import { endedBy, fromWaitStatus, phaseOf, type SlurmJob, tasksIn } from './job-state.ts';
import { memoryIn } from './out-of-memory.ts';

/** What may hold a `|` comes last. */
const columns = [
  'JobArrayID',
  'State',
  'Reason',
  'NodeList',
  'exit_code',
  'RestartCnt',
  'TimeLimit',
  'tres-alloc',
  'Name',
  'Comment',
];

/** -r: a line for each task, also of those that wait. */
export const textArguments: readonly string[] = [
  '-h',
  '-r',
  '-t',
  'all',
  '-O',
  columns.map((name) => `${name}:|`).join(),
];

export function jobsInText(text: string): SlurmJob[] {
  return text.split('\n').flatMap(jobsInLine);
}

function jobsInLine(line: string): SlurmJob[] {
  const [id = '', state = '', reason, node, exit, restarts, limit, had, name, ...comment] = line.split('|').map(shown);
  const [, submitted, task] = id.match(/^(\d+)(?:_\[?([^\]]*)\]?)?$/) ?? [];
  if (submitted === undefined || state === '') return [];
  const rest = {
    ...{ state, reason: reason ?? '', node: node ?? '', ...endedBy(state, exitIn(exit ?? '')) },
    ...{ restarts: Number(restarts) || 0, ...limitIn(limit ?? '') },
    ...(phaseOf({ state }) === 'ended' ? memoryIn(had ?? '') : {}),
    ...{ name: name ?? '', comment: comment.slice(0, -1).join('|') },
  };
  if (task === undefined) return [{ id: submitted, submitted, ...rest }];
  return tasksIn(task).map((one) => ({ id: `${submitted}_${one}`, submitted, task: one, ...rest }));
}

function shown(text: string): string {
  const word = text.trim();
  return word === 'None' || word === '(null)' || word === 'N/A' ? '' : word;
}

/** The raw status of wait(2), or `code:signal` as scontrol has it. */
function exitIn(text: string): Pick<SlurmJob, 'exitCode' | 'signal'> {
  const [, code, signal] = text.match(/^(\d+)(?::(\d+))?$/) ?? [];
  if (code === undefined) return {};
  if (signal === undefined) return fromWaitStatus(Number(code));
  return signal === '0' ? { exitCode: Number(code) } : { signal: Number(signal) };
}

/** `1-02:03:04`, `02:03:04`, `03:04`; `UNLIMITED` and others say none. */
function limitIn(text: string): Pick<SlurmJob, 'timeLimitMinutes'> {
  const [, days = '0', clock] = text.match(/^(?:(\d+)-)?(\d+(?::\d+){1,2})$/) ?? [];
  if (clock === undefined) return {};
  const [seconds = 0, minutes = 0, hours = 0] = clock.split(':').map(Number).reverse();
  return { timeLimitMinutes: Number(days) * 1440 + hours * 60 + minutes + Math.floor(seconds / 60) };
}
