/** What may happen to a cluster: nodes that die, daemons that die alone, a controller that goes away. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { until } from '../../helpers/rig.ts';

/** That of setup.ts, or a test file's own. */
const folder = () => process.env.SLURM_DIR ?? '';

/** Skipped where there is no Slurm, which setup.ts says. */
export const onSlurm = describe.skipIf(folder() === '');

/** Everything on it is gone at once, as with its power. */
export function killNode(number: number): void {
  process.kill(-pidIn(`node-n${number}.pid`), 'SIGKILL');
}

/** slurmd alone: what it started goes on, and Slurm counts the node as dead. */
export function killDaemon(number: number): void {
  for (const pid of slurmProcesses('slurmd', `-N\0n${number}\0`)) process.kill(pid, 'SIGKILL');
}

export async function startNode(number: number): Promise<void> {
  spawnSync('bash', ['-c', `kill -9 -- -$(cat "$SLURM_DIR/node-n${number}.pid") 2> /dev/null; exit 0`]);
  run([join(import.meta.dirname, 'node.sh'), String(number)]);
  await until(`node n${number} to be idle`, () => stateOf(number).startsWith('idle'), 30_000);
}

/** What a test left behind is put right: no job is there, every node works. */
export async function healed(): Promise<void> {
  run(['sh', '-c', 'timeout 5 squeue -h -o %A | sort -u | xargs -r scancel -f; sleep 0.2']);
  const nodes = readdirSync(folder()).filter((name) => /^node-n\d+\.pid$/.test(name)).length;
  for (let number = 1; number <= nodes; number++) {
    const isWell = /^(idle|mixed|allocated|completing)$/.test(stateOf(number));
    if (!isWell) await startNode(number);
  }
}

export function stateOf(number: number): string {
  return run(['sinfo', '-h', '-p', 'main', '-n', `n${number}`, '-o', '%T']).trim();
}

/** It takes connections, and answers none of them. */
export function stopController(): void {
  process.kill(pidIn('slurmctld.pid'), 'SIGSTOP');
}

export async function killController(): Promise<void> {
  const pid = pidIn('slurmctld.pid');
  process.kill(pid, 'SIGKILL');
  await until('the controller to be gone', () => !isRunning(pid));
}

export function startController(): void {
  run(['bash', '-c', 'PATH=$PATH:/usr/sbin:/sbin exec slurmctld -f "$SLURM_CONF"']);
}

/** What looks and changes nothing is asked again where the controller has no time, or has just begun. @returns what it printed */
export function run(words: readonly string[], tries = 10): string {
  const [command = '', ...args] = words;
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 30_000 });
  if (status === 0) return stdout;
  const hasNoTime = ['squeue', 'sinfo'].includes(command) && /timed out|unable to contact/i.test(stderr);
  if (!hasNoTime || tries === 1) throw new Error(`${words.join(' ')}: ${stderr}`);
  spawnSync('sleep', ['1']);
  return run(words, tries - 1);
}

function pidIn(file: string): number {
  return Number(readFileSync(join(folder(), file), 'utf8'));
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Of this cluster, by their command line. */
function slurmProcesses(name: string, args: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return line.startsWith(`${name}\0`) && line.includes(args) && line.includes(folder());
      } catch {
        return false;
      }
    })
    .map(Number);
}
