/** What a machine must have, and what makes it faster: each check says what it found and what to do. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { cpuFeatures } from '../execute/environment.ts';
import { ownFolder } from '../own-package.ts';
import { type TensorflowRuntime, tensorflowRuntime } from '../plan/tensorflow-runtime.ts';

/** `fail`: Retrial cannot work so; `warn`: it works, slower or with less. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly found: string;
  readonly todo?: string;
}

export function machineChecks(directory: string): Check[] {
  return [
    nodeCheck(),
    npmCheck(),
    sqliteCheck(),
    tensorflowCheck(directory),
    ...toolChecks(),
    cacheCheck(),
    cpuCheck(),
  ];
}

const fixIt = 'retrial doctor --fix';

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const found = `Node ${process.versions.node}`;
  if (major > 20 || (major === 20 && minor >= 17)) return { name: 'node', state: 'ok', found };
  return { name: 'node', state: 'fail', found, todo: 'install Node 20.17 or later' };
}

function npmCheck(): Check {
  const { status, stdout } = spawnSync('npm', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  if (status === 0) return { name: 'npm', state: 'ok', found: `npm ${stdout.trim()}` };
  return { name: 'npm', state: 'warn', found: 'not found; the set-up needs it', todo: 'install npm, which Node ships' };
}

/** Loaded in a process of its own, as a broken binding may end it. */
function loads(name: string): boolean {
  const from = JSON.stringify(join(ownFolder(), 'native', 'package.json'));
  const script = `require('module').createRequire(${from})(${JSON.stringify(name)})`;
  return spawnSync(process.execPath, ['-e', script], { stdio: 'ignore' }).status === 0;
}

function sqliteCheck(): Check {
  if (loads('sqlite3')) return { name: 'sqlite', state: 'ok', found: 'sqlite3 loads' };
  const found = 'sqlite3 does not load: runs, show, sweep and compare cannot work';
  return { name: 'sqlite', state: 'fail', found, todo: toComplete() };
}

function tensorflowCheck(directory: string): Check {
  const runtime = tensorflowRuntime(directory, 1);
  return { name: 'tensorflow', ...tensorflowFound(runtime, process.env.RETRIAL_TENSORFLOW) };
}

function tensorflowFound(runtime: TensorflowRuntime, forced: string | undefined): Omit<Check, 'name'> {
  const asAsked = forced ? ` (RETRIAL_TENSORFLOW=${forced})` : '';
  const version = `TensorFlow ${runtime.library}, TensorFlow.js ${runtime.tfjs}${asAsked}`;
  switch (runtime.backend) {
    case 'tensorflow':
      if (loads('@tensorflow/tfjs-node'))
        return { state: 'ok', found: `native: ${version}, oneDNN ${runtime.oneDNN ? 'on' : 'off'}` };
      return { state: 'fail', found: `native: ${version} is there, and does not load`, todo: toComplete() };
    case 'wasm': {
      const found = `WebAssembly of TensorFlow.js ${runtime.tfjs}${asAsked}, about five times slower than native`;
      if (forced === 'wasm') return { state: 'ok', found };
      return { state: 'warn', found: `${found}: ${whyNotNative()}`, todo: toComplete() };
    }
    case 'none':
      return { state: 'warn', found: `none${asAsked}: models that train with it cannot`, todo: toComplete() };
  }
}

function whyNotNative(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `for ${process.platform} ${process.arch} it can only be had from where tfjs-node downloads it`;
  const missing = missingTools();
  return missing.length > 0 ? `there is no ${missing.join(', no ')}` : 'the set-up did not complete it';
}

function toComplete(): string {
  const missing = missingTools();
  return missing.length > 0 ? `install ${missing.join(', ')} (below), then: ${fixIt}` : fixIt;
}

const tools = [
  { name: 'C++ compiler', programs: ['c++', 'g++', 'clang++'], todo: 'Debian: apt install g++' },
  { name: 'make', programs: ['make', 'gmake'], todo: 'Debian: apt install make' },
  { name: 'python3', programs: ['python3'], todo: 'Debian: apt install python3' },
  { name: 'pip', programs: ['pip', 'pip3'], todo: 'Debian: apt install python3-pip' },
] as const;

function missingTools(): string[] {
  return tools.filter(({ programs }) => !programs.some(onPath)).map(({ name }) => name);
}

function toolChecks(): Check[] {
  return tools.map(({ name, programs, todo }) => {
    const found = programs.find(onPath);
    if (found !== undefined) return { name, state: 'ok', found };
    return { name, state: 'warn', found: 'not found; needed to complete native packages', todo };
  });
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => may(join(folder, program), constants.X_OK));
}

function may(path: string, access: number): boolean {
  try {
    accessSync(path, access);
    return true;
  } catch {
    return false;
  }
}

/** Where libraries and compiled bindings are kept for every clone of this user. */
function cacheCheck(): Check {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'retrial');
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  if (may(existing, constants.W_OK)) return { name: 'cache', state: 'ok', found: folder };
  const todo = 'set XDG_CACHE_HOME to a folder you may write';
  return { name: 'cache', state: 'warn', found: `${folder} cannot be written`, todo };
}

/** Recorded with every attempt: numeric libraries choose their kernels by them. */
function cpuCheck(): Check {
  return { name: 'cpu', state: 'ok', found: cpuFeatures().join(' ') || process.arch };
}
