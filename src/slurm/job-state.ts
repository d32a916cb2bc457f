/** What Slurm says of a job, whichever of its versions says it. */

export interface SlurmJob {
  /** `12`, or `12_3` of an array: what scontrol and scancel take. */
  readonly id: string;
  /** What sbatch said: `12` of `12_3`. */
  readonly submitted: string;
  readonly task?: number;
  /** In Slurm's word: `PENDING`, `RUNNING`, … */
  readonly state: string;
  /** Why it waits, or how it ended, in Slurm's word; empty where it says nothing. */
  readonly reason: string;
  /** Names of nodes; empty before it has some. */
  readonly node: string;
  /** Of one that ended by itself. */
  readonly exitCode?: number;
  /** The number of the signal that ended it. */
  readonly signal?: number;
  /** How often it was requeued. */
  readonly restarts: number;
  readonly timeLimitMinutes?: number;
  /** What it had, of one that ended: `352 MiB`. */
  readonly memory?: string;
  readonly name: string;
  readonly comment: string;
}

export type JobPhase = 'waiting' | 'running' | 'ended';

const waiting: ReadonlySet<string> = new Set([
  ...['PENDING', 'REQUEUED', 'REQUEUE_HOLD', 'REQUEUE_FED', 'RESV_DEL_HOLD', 'SPECIAL_EXIT', 'CONFIGURING'],
]);
const ended: ReadonlySet<string> = new Set([
  ...['COMPLETED', 'CANCELLED', 'FAILED', 'TIMEOUT', 'NODE_FAIL', 'PREEMPTED', 'BOOT_FAIL', 'DEADLINE'],
  ...['OUT_OF_MEMORY', 'REVOKED'],
]);

/** A word that a later Slurm may bring is of a job that runs: nothing is taken from it for that. */
export function phaseOf({ state }: Pick<SlurmJob, 'state'>): JobPhase {
  if (waiting.has(state)) return 'waiting';
  return ended.has(state) ? 'ended' : 'running';
}

type Ending = Pick<SlurmJob, 'exitCode' | 'signal'>;

/** What ended it: of a job that has not, squeue tells zeros. */
export function endedBy(state: string, ending: Ending): Ending {
  return phaseOf({ state }) === 'ended' ? ending : {};
}

/** The raw status of wait(2), as squeue gives it up to Slurm 23.02. */
export function fromWaitStatus(status: number): Ending {
  const signal = status & 0x7f;
  return signal === 0 ? { exitCode: (status >> 8) & 0xff } : { signal };
}

/** `0-9%3`, `1,5-7`, `0-20:4` → the numbers of an array's tasks. */
export function tasksIn(text: string): number[] {
  const [list = ''] = text.split('%');
  return list.split(',').flatMap((part) => {
    const [, first, last, step] = part.match(/^(\d+)(?:-(\d+)(?::(\d+))?)?$/) ?? [];
    if (first === undefined) return [];
    const [from, to, by] = [Number(first), Number(last ?? first), Number(step ?? 1) || 1];
    return Array.from({ length: Math.max(0, Math.floor((to - from) / by) + 1) }, (_, at) => from + at * by);
  });
}
