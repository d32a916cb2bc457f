/**
 * Processes that left their group (`setsid`, a daemon) and run on after their stage. On Linux they are known by what they
 * inherited: the path of the stage's description in their environment. On other systems nobody tells.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processNumbers } from './process-group.ts';

/** Asks them to stop, and kills what is left after the grace period. */
export async function endStragglers(mark: string, childPid: number, graceMs: number): Promise<void> {
  let left = stragglers(mark, childPid);
  for (const pid of left) send(pid, 'SIGTERM');
  for (let waitedMs = 0; left.length > 0 && waitedMs < graceMs; waitedMs += 20) {
    await sleep(20);
    left = stragglers(mark, childPid);
  }
  for (const pid of left) send(pid, 'SIGKILL');
}

/** Numbers are given out in order and begin anew at the end: what came after the stage has a higher one, as a rule. */
function stragglers(mark: string, childPid: number): number[] {
  const pids = processNumbers();
  const later = pids.filter((pid) => pid > childPid);
  const hasBegunAnew = later.length === 0 && pids.length > 0;
  return (hasBegunAnew ? pids : later).filter((pid) => environmentOf(pid).includes(mark));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return ''; // ended meanwhile, or another user's
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ended meanwhile
  }
}
