/** The environment that a stage, and the probes of what runs it, are given. */
import { accessSync, constants, existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { sha256 } from '../hash.ts';
import { ownFolder } from '../own-package.ts';
import type { Stage } from '../pipeline/types.ts';

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

/** @param memoFolder `runs/memo` */
export function stageEnvironment(stage: Stage, root: string, memoFolder: string): Record<string, string> {
  const cluster = Object.keys(process.env).filter((name) => name.startsWith('SLURM_'));
  const names = [...allowed, ...cluster, ...stage.env];
  const given = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(given), PATH: stagePath(root, memoFolder) };
}

/**
 * Commands of the project's packages, then of Retrial's (tsx among them), then the user's: an active environment of
 * Python or conda stays in front. `node` is the one that runs Retrial, which is the one in the key.
 */
function stagePath(root: string, memoFolder: string): string {
  const own = ownFolder();
  const installed = [root, own, dirname(dirname(own))].map((folder) => join(folder, 'node_modules', '.bin'));
  const found = [...new Set(installed)].filter((folder) => existsSync(folder));
  const path = process.env.PATH ?? '';
  const node = leadsToThisNode(path) ? [] : [folderOfNode(memoFolder)];
  return [...found, ...node, ...(path === '' ? [] : [path]), dirname(process.execPath)].join(delimiter);
}

/** Whether the first `node` that a program would find is the one that runs this. */
function leadsToThisNode(path: string): boolean {
  const first = path
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find(mayRun);
  return first === undefined || realpathSync(first) === realpathSync(process.execPath); // where there is none, it comes last
}

function mayRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A folder with a link to this Node and to nothing else: what lies beside it would go before the user's programs. */
function folderOfNode(memoFolder: string): string {
  const folder = join(memoFolder, `node-${sha256(process.execPath).slice(0, 16)}`);
  try {
    mkdirSync(folder, { recursive: true });
    symlinkSync(process.execPath, join(folder, 'node'));
  } catch {
    // it is there already, or the store may only be read
  }
  return existsSync(join(folder, 'node')) ? folder : dirname(process.execPath);
}
