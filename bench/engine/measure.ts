/** Wall and processor time of commands that take turns, so that a busy machine slows all of them alike. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Timing {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of processor time, of the command and of all it waited for. */
  readonly cpu: number;
}

/** Runs the command to its end; throws with its output where it fails. */
export function timed({ argv, cwd, env }: Command): Timing {
  const [program = '', ...args] = argv;
  const cpuBefore = childCpuSeconds();
  const startedMs = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...{ cwd, env: { ...process.env, ...env }, stdio: 'pipe', maxBuffer: 1 << 28 },
  });
  const wall = (performance.now() - startedMs) / 1000;
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status ?? error?.message}\n${stdout}${stderr}`);
  return { wall, cpu: childCpuSeconds() - cpuBefore };
}

/** Node tells the processor time of ended children nowhere but here, in ticks of a hundredth of a second. */
function childCpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

export function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function medianOf(timings: readonly Timing[]): Timing {
  return { wall: median(timings.map(({ wall }) => wall)), cpu: median(timings.map(({ cpu }) => cpu)) };
}
