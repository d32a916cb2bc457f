/** The environment a stage is given, and the surroundings that are recorded with an attempt. */
import { existsSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ownFolder, ownVersion } from '../own-package.ts';
import type { JsonValue, Stage } from '../pipeline/types.ts';
import { tensorflowRuntime } from '../plan/tensorflow-runtime.ts';

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

/** What an attempt ran on; recorded, and in no key but where the fingerprint says so. */
export async function describeEnvironment(root: string): Promise<Record<string, JsonValue>> {
  const processors = cpus();
  return {
    retrial: ownVersion(),
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    cpu: processors[0]?.model ?? 'unknown',
    cpus: processors.length,
    cpuFeatures: cpuFeatures(),
    memoryBytes: totalmem(),
    tensorflow: { ...tensorflowRuntime(root, 1) },
    git: await gitState(root),
  };
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

async function gitState(root: string): Promise<JsonValue> {
  const { execa } = await import('execa');
  const git = (...args: string[]) => execa('git', args, { cwd: root, reject: false, stdin: 'ignore' });
  const [head, status] = await Promise.all([
    git('rev-parse', 'HEAD'),
    git('status', '--porcelain', '--untracked-files=no'),
  ]);
  if (head.failed) return null;
  return { commit: head.stdout.trim(), dirty: status.stdout.trim() !== '' };
}
