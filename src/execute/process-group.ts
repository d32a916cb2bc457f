/** The process group a stage runs in, and its end. */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStat } from '../store/process-identity.ts';

/** How long a killed process may take to go; one that the kernel holds on to must not hold up the run. */
const killedMs = 10_000;

/** Asks a process group to stop and kills what is left of it after the grace period. */
export async function endGroup(group: number, graceMs: number): Promise<void> {
  if (!send(group, 'SIGTERM')) return;
  send(group, 'SIGCONT'); // a stopped process cannot act on SIGTERM
  if (await hasEnded(group, graceMs)) return;
  send(group, 'SIGKILL');
  await hasEnded(group, killedMs);
}

/** Waits until nothing of the group runs, but no longer than that; whether it came to it. */
async function hasEnded(group: number, withinMs: number): Promise<boolean> {
  const startedMs = performance.now();
  for (let waitMs = 20; performance.now() - startedMs < withinMs; waitMs = Math.min(waitMs * 1.2, 100)) {
    await sleep(waitMs);
    if (!isRunning(group)) return true;
  }
  return false;
}

/**
 * A zombie has ended, though it can be sent signals until its parent reaps it: a process 1 that is no init, as in many
 * containers, never does.
 */
function isRunning(group: number): boolean {
  if (!send(group, 0)) return false;
  const states = statesOf(group);
  return states.length === 0 || states.some((state) => state !== 'Z' && state !== 'X'); // none: a system without /proc
}

function statesOf(group: number): string[] {
  return processNumbers().flatMap((pid) => {
    const [state = '', , itsGroup] = processStat(pid);
    return Number(itsGroup) === group ? [state] : [];
  });
}

/** None on a system without /proc. */
export function processNumbers(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** False when nothing of the group is left. */
function send(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
