/** The environment a stage is given, and the surroundings that are recorded with an attempt. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ownFolder, ownVersion } from '../own-package.ts';
import type { JsonValue, Stage } from '../pipeline/types.ts';
import { tensorflowRuntime } from '../plan/tensorflow-runtime.ts';
import type { Layout } from '../store/layout.ts';
import { putBytes } from '../store/objects.ts';
import { gitState } from './git-state.ts';

/** Passed to every stage and in no key: they say where things are, not what comes out. */
const allowed = [
  ...['PATH', 'HOME', 'USER', 'SHELL', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'XDG_CACHE_HOME'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE'],
  ...['CUDA_VISIBLE_DEVICES', 'VIRTUAL_ENV', 'CONDA_PREFIX', 'LD_LIBRARY_PATH'],
  'RETRIAL_DATA_MIRROR', // what it serves is pinned by hash
  'RETRIAL_TENSORFLOW', // in the key, as the backend it chooses
  'TF_ENABLE_ONEDNN_OPTS', // in the key, as oneDNN
];

export function stageEnvironment(
  stage: Stage,
  root: string,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const cluster = Object.keys(process.env).filter((name) => name.startsWith('SLURM_'));
  const names = [...allowed, ...cluster, ...stage.env];
  const given = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(given), PATH: stagePath(root), ...own };
}

/** Commands of the project's packages, then of Retrial's (tsx among them), then the user's. */
function stagePath(root: string): string {
  const own = ownFolder();
  const installed = [root, own, dirname(dirname(own))].map((folder) => join(folder, 'node_modules', '.bin'));
  const found = [...new Set(installed)].filter((folder) => existsSync(folder));
  return [...found, dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
}

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
    tensorflow: { ...tensorflowRuntime(root, 1) },
  };
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
