/** The surroundings that are recorded with an attempt. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { ownVersion } from '../own-package.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { tensorflowRuntime } from '../plan/tensorflow-runtime.ts';
import type { Layout } from '../store/layout.ts';
import { putBytes } from '../store/objects.ts';
import { gitState } from './git-state.ts';

/** What an attempt runs on, without what git says: recorded, and in no key but where the fingerprint says so. */
export function describeMachine(root: string): Record<string, JsonValue> {
  const processors = cpus();
  return {
    retrial: ownVersion(),
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    cpu: processors[0]?.model ?? 'unknown',
    cpus: processors.length,
    /** How many may run at once here: what libraries that are not told choose. */
    threads: availableParallelism(),
    cpuFeatures: cpuFeatures(),
    memoryBytes: totalmem(),
    ...givenVariables(),
    tensorflow: { ...tensorflowRuntime(root, 1) },
  };
}

/** Variables that every stage is given and that change results: in no key, as they differ from machine to machine. */
const changing = ['LANG', 'LC_ALL', 'CUDA_VISIBLE_DEVICES', 'LD_LIBRARY_PATH'] as const;

export const givenNames: readonly string[] = ['TZ', ...changing];

/** Null where unset; the time zone is then the machine's. */
function givenVariables(): Record<string, string | null> {
  const values = changing.map((name) => [name, process.env[name] ?? null]);
  const zone = process.env.TZ ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { TZ: zone, ...Object.fromEntries(values) };
}

/** The same with the commit; what is not committed is kept as an object. */
export async function describeEnvironment(root: string, layout: Layout): Promise<Record<string, JsonValue>> {
  const git = await gitState(root);
  if (git === null) return { ...describeMachine(root), git };
  const { diff, ...state } = git;
  if (diff === undefined) return { ...describeMachine(root), git: state };
  const kept = diff === 'too-large' ? diff : await putBytes(layout, diff);
  return { ...describeMachine(root), git: { ...state, diff: kept } };
}

/** The instruction sets that numeric libraries choose their kernels by. */
export function cpuFeatures(): string[] {
  if (!existsSync('/proc/cpuinfo')) return [];
  const line = readFileSync('/proc/cpuinfo', 'utf8').match(/^(?:flags|Features)\s*:\s*(.*)$/m)?.[1] ?? '';
  return line
    .split(' ')
    .filter((flag) => /^(sse4|avx|fma|amx|asimd|sve|bf16|f16c)/.test(flag))
    .sort();
}
