/** `retrial doctor`: what this machine has, what that means, and what to do about what it lacks. */
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Chalk } from 'chalk';
import { exitCode } from '../errors.ts';
import { cpuFeatures } from '../execute/environment.ts';
import { ownFolder } from '../own-package.ts';
import { tensorflowRuntime } from '../plan/tensorflow-runtime.ts';

export interface DoctorOptions {
  readonly directory?: string;
  readonly fix?: boolean;
  readonly json?: boolean;
}

/** `fail`: Retrial cannot work so; `warn`: it works, slower or with less. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly found: string;
  readonly todo?: string;
}

export async function doctor(options: DoctorOptions): Promise<number> {
  if (options.fix === true) fix();
  const checks = runChecks(options.directory ?? process.cwd());
  process.stdout.write(options.json === true ? `${JSON.stringify(checks, undefined, 2)}\n` : checksText(checks));
  return checks.some(({ state }) => state === 'fail') ? exitCode.stageFailed : exitCode.ok;
}

export function runChecks(directory: string): Check[] {
  return [nodeCheck(), sqliteCheck(), tensorflowCheck(directory), ...toolChecks(), storeCheck(directory), cpuCheck()];
}

/** The set-up is idempotent: it does just what is missing. Its stamp is put aside, so that it looks again. */
function fix(): void {
  rmSync(join(ownFolder(), 'native', '.setup.json'), { force: true });
  spawnSync(process.execPath, [join(ownFolder(), 'setup', 'setup.js')], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const found = `Node ${process.versions.node}`;
  if (major > 20 || (major === 20 && minor >= 17)) return { name: 'node', state: 'ok', found };
  return { name: 'node', state: 'fail', found, todo: 'install Node 20.17 or later' };
}

/** Loaded in a process of its own, as a broken binding may end it. */
function loads(name: string): boolean {
  const script = `require('module').createRequire(${JSON.stringify(join(ownFolder(), 'native', 'package.json'))})(${JSON.stringify(name)})`;
  return spawnSync(process.execPath, ['-e', script], { stdio: 'ignore' }).status === 0;
}

function sqliteCheck(): Check {
  if (loads('sqlite3')) return { name: 'sqlite', state: 'ok', found: 'sqlite3 loads' };
  const todo = 'install a C++ compiler and python3, then: retrial doctor --fix';
  return { name: 'sqlite', state: 'fail', found: 'sqlite3 does not load: runs, show and compare cannot work', todo };
}

function tensorflowCheck(directory: string): Check {
  const name = 'tensorflow';
  const runtime = tensorflowRuntime(directory, 1);
  const forced =
    process.env.RETRIAL_TENSORFLOW === undefined ? '' : ` (RETRIAL_TENSORFLOW=${process.env.RETRIAL_TENSORFLOW})`;
  const version = `TensorFlow ${runtime.library}, TensorFlow.js ${runtime.tfjs}${forced}`;
  switch (runtime.backend) {
    case 'tensorflow':
      if (loads('@tensorflow/tfjs-node'))
        return { name, state: 'ok', found: `native: ${version}, oneDNN ${runtime.oneDNN ? 'on' : 'off'}` };
      return {
        name,
        state: 'fail',
        found: `native: ${version} is there, and does not load`,
        todo: 'retrial doctor --fix',
      };
    case 'wasm':
      return {
        name,
        state: 'warn',
        found: `WebAssembly, about five times slower than native${forced}: ${whyNotNative()}`,
        todo: 'retrial doctor --fix',
      };
    case 'none':
      return {
        name,
        state: 'warn',
        found: `none${forced}: models that train with TensorFlow cannot`,
        todo: 'retrial doctor --fix',
      };
  }
}

function whyNotNative(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `there is no ready library for ${process.platform} ${process.arch}`;
  const missing = tools.filter(({ programs }) => programs.every((program) => !onPath(program))).map(({ name }) => name);
  return missing.length > 0 ? `missing: ${missing.join(', ')}` : 'the set-up did not complete';
}

const tools = [
  { name: 'C++ compiler', programs: ['c++', 'g++', 'clang++'], todo: 'Debian: apt install g++ make' },
  { name: 'make', programs: ['make', 'gmake'], todo: 'Debian: apt install make' },
  { name: 'python3', programs: ['python3'], todo: 'Debian: apt install python3' },
  { name: 'pip', programs: ['pip', 'pip3'], todo: 'Debian: apt install python3-pip' },
] as const;

function toolChecks(): Check[] {
  return tools.map(({ name, programs, todo }) => {
    const found = programs.find(onPath);
    if (found !== undefined) return { name, state: 'ok', found };
    return { name, state: 'warn', found: 'not found; needed to complete native packages', todo };
  });
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What the store is built on: exclusive create, a rename of a folder in one step, links. */
function storeCheck(directory: string): Check {
  const name = 'store';
  const at = existsSync(join(directory, 'runs')) ? join(directory, 'runs') : directory;
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(at, '.doctor-'));
    tryStore(folder);
    return { name, state: 'ok', found: `${at} can be written; exclusive create, rename and links work there` };
  } catch (error) {
    return {
      name,
      state: 'fail',
      found: `${at}: ${(error as Error).message}`,
      todo: 'run in a folder you may write, on a POSIX file system',
    };
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function tryStore(folder: string): void {
  const path = (file: string) => join(folder, file);
  writeFileSync(path('a'), 'a', { flag: 'wx' });
  linkSync(path('a'), path('b'));
  symlinkSync('a', path('c'));
  let exclusive = false;
  try {
    linkSync(path('a'), path('b'));
  } catch {
    exclusive = true;
  }
  if (!exclusive) throw new Error('a second exclusive create of one name succeeded');
  mkdirSync(path('from/inner'), { recursive: true });
  renameSync(path('from'), path('to'));
}

function cpuCheck(): Check {
  const features = cpuFeatures();
  return {
    name: 'cpu',
    state: 'ok',
    found: `${features.join(' ') || process.arch}; cache ${process.env.XDG_CACHE_HOME || join(homedir(), '.cache')}`,
  };
}

function checksText(checks: readonly Check[]): string {
  const chalk = new Chalk({ level: process.stdout.isTTY === true && process.env.NO_COLOR === undefined ? 1 : 0 });
  const marks = { ok: chalk.green('✓'), warn: chalk.yellow('!'), fail: chalk.red('✗') };
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, state, found, todo }) => [
    `${marks[state]} ${name.padEnd(width)}  ${found}`,
    ...(todo === undefined ? [] : [`  ${' '.repeat(width)}  → ${todo}`]),
  ]);
  return `${lines.join('\n')}\n`;
}
