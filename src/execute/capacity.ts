/** How much of each resource there is here. */
import { spawnSync } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { UserError } from '../errors.ts';
import type { Resources } from '../pipeline/types.ts';

export interface Capacity {
  readonly cpus: number;
  readonly memoryBytes: number;
  /** As CUDA_VISIBLE_DEVICES names them. */
  readonly gpus: readonly string[];
}

interface Asking {
  readonly resources: Pick<Resources, 'gpus'>;
}

/** A mistake in what says which GPUs there are is told before anything runs, where some stage asks for any. */
export function checkGpus(stages: Iterable<Asking>): void {
  if ([...stages].some(({ resources: { gpus = 0 } }) => gpus > 0)) gpusOf(process.env);
}

/** @param jobs processors that stages may use together; as many as there are where absent */
export function capacityHere(jobs: number | undefined): Capacity {
  const allotted = allottedBySlurm(process.env);
  let gpus: readonly string[] | undefined;
  return {
    cpus: jobs ?? allotted.cpus ?? availableParallelism(),
    memoryBytes: Math.min(memoryBytes(), allotted.memoryBytes ?? Number.POSITIVE_INFINITY),
    get gpus() {
      gpus ??= gpusOf(process.env) ?? installedGpus(); // to ask takes a while: only who wants some does
      return gpus;
    },
  };
}

/** What a job of Slurm has of its node; nothing outside of one. */
export function allottedBySlurm(env: Readonly<Record<string, string | undefined>>): {
  readonly cpus?: number;
  readonly memoryBytes?: number;
} {
  if (!env.SLURM_JOB_ID) return {};
  const number = (text: string | undefined) => Number(text) || undefined;
  const cpus = number(env.SLURM_CPUS_PER_TASK) ?? number(env.SLURM_CPUS_ON_NODE);
  const perCpu = number(env.SLURM_MEM_PER_CPU);
  const mebibytes =
    number(env.SLURM_MEM_PER_NODE) ?? (perCpu && perCpu * (number(env.SLURM_CPUS_ON_NODE) ?? cpus ?? 1));
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(mebibytes === undefined ? {} : { memoryBytes: mebibytes * 2 ** 20 }),
  };
}

/** All of the machine's, or as much as its container may use. */
function memoryBytes(): number {
  const allowed = process.constrainedMemory() || Number.POSITIVE_INFINITY; // 0 where nothing is set
  return Math.min(totalmem(), allowed);
}

/**
 * RETRIAL_GPUS is how many there are, or a list of them (`0,2`; a single one as `2,`); CUDA_VISIBLE_DEVICES is always a
 * list, which ends where CUDA would end it.
 * @returns undefined where neither says anything
 */
export function gpusOf(env: Readonly<Record<string, string | undefined>>): readonly string[] | undefined {
  const { RETRIAL_GPUS: own = '', CUDA_VISIBLE_DEVICES: visible } = env;
  if (/^\d+$/.test(own.trim())) return Array.from({ length: Number(own) }, (_, at) => String(at));
  if (own.trim() !== '') return checked(listed(own));
  if (visible === undefined) return undefined;
  const ids = listed(visible);
  const end = ids.findIndex((id) => id === '-1' || id === 'NoDevFiles');
  return [...new Set(end < 0 ? ids : ids.slice(0, end))];
}

function checked(ids: readonly string[]): readonly string[] {
  const wrong = ids.find((id) => !/^[A-Za-z0-9][A-Za-z0-9_./:-]*$/.test(id));
  if (wrong !== undefined)
    throw new UserError(
      `RETRIAL_GPUS: ${wrong} names no GPU`,
      'how many there are, or a list as in CUDA_VISIBLE_DEVICES',
    );
  return [...new Set(ids)];
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

/** By their numbers; none where there is no driver. */
function installedGpus(): string[] {
  const { status, stdout } = spawnSync('nvidia-smi', ['-L'], { encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? [...stdout.matchAll(/^GPU (\d+):/gm)].map(([, number = '']) => number) : [];
}
