/** Names of folders that are written to for a while, which say whose they are: what a dead process left can be told. */
import { sha256 } from '../hash.ts';
import { newNonce } from './files.ts';
import { currentProcess, isAlive } from './process-identity.ts';

/** A name nobody else has: machine, pid, start of the process, and a nonce. */
export function ownedName(): string {
  const { pid, pidStart } = currentProcess();
  return [machine(), pid, pidStart, newNonce()].join('-');
}

/** Whether the process that made the name still runs; `unknown` for one of another machine, or of an earlier version. */
export function ownerLives(name: string): boolean | 'unknown' {
  const [where, pid, pidStart = '', nonce] = name.split('-');
  if (nonce === undefined || where !== machine()) return 'unknown';
  return isAlive({ ...currentProcess(), pid: Number(pid), pidStart });
}

let known: string | undefined;

/** Of this boot and pid namespace: within it a pid and its start time name one process. */
export function machine(): string {
  const { host, bootId, pidNamespace } = currentProcess();
  known ??= sha256([host, bootId, pidNamespace].join('\n')).slice(0, 8);
  return known;
}
