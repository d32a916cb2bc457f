/** Processes in a pid namespace of their own, as in a container: each is number 1 there, and none can judge another. */
import { spawnSync } from 'node:child_process';
import { childrenOf } from './processes.ts';
import { until } from './rig.ts';

/** Begins a command line; what it runs sees a /proc of its own. */
export const inNamespace = ['unshare', '-rpf', '--mount-proc'] as const;

export const hasNamespaces = spawnSync(inNamespace[0], [...inNamespace.slice(1), 'true']).status === 0;
export const namespaceSkipReason = hasNamespaces ? '' : ' (skipped: no pid namespaces here)';

/** From outside, the number of what a process started by {@link inNamespace} runs. */
export async function pidOutside(unsharePid: number): Promise<number> {
  await until('the process in its namespace', () => childrenOf(unsharePid).length === 1, 60_000);
  return childrenOf(unsharePid)[0] as number;
}
