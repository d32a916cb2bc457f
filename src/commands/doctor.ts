/** `retrial doctor`: what this machine has, what that means, and what to do about what it lacks. */
import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Chalk } from 'chalk';
import { exitCode } from '../errors.ts';
import { ownFolder } from '../own-package.ts';
import { type Check, machineChecks } from './doctor-checks.ts';
import { clusterChecks, clusterHint, type NodeReport } from './doctor-slurm.ts';
import { storeCheck } from './doctor-store.ts';

export interface DoctorOptions {
  readonly directory?: string;
  readonly fix?: boolean;
  readonly json?: boolean;
  /** Try the cluster too, by a job. */
  readonly slurm?: boolean;
  /** On a compute node: where the answer goes. */
  readonly node?: string;
}

/** @returns exit code 1 where something that Retrial cannot do without is broken */
export async function doctor(options: DoctorOptions): Promise<number> {
  if (options.fix === true) fix();
  const directory = options.directory ?? process.cwd();
  if (options.node !== undefined) return answerFromNode(options.node, directory);
  const ofCluster = await (options.slurm === true ? clusterChecks(directory) : clusterHint());
  const checks = [...machineChecks(directory), storeCheck(directory), ...ofCluster];
  process.stdout.write(options.json === true ? `${JSON.stringify(checks, undefined, 2)}\n` : checksText(checks));
  return checks.some(({ state }) => state === 'fail') ? exitCode.stageFailed : exitCode.ok;
}

/** What of the checks depends on the machine that stages run on; the folder has a word of who asks. */
function answerFromNode(folder: string, directory: string): number {
  readFileSync(join(folder, 'word'), 'utf8');
  const names = ['node', 'sqlite', 'tensorflow', 'cpu'];
  const checks = [...machineChecks(directory).filter(({ name }) => names.includes(name)), storeCheck(directory)];
  const report: NodeReport = {
    host: hostname(),
    now: Date.now(),
    checks: [...checks, sharedCheck(join(folder, 'word'))],
  };
  writeFileSync(join(folder, 'answer.tmp'), JSON.stringify(report));
  renameSync(join(folder, 'answer.tmp'), join(folder, 'answer.json'));
  return exitCode.ok;
}

/** A name that the machine that asks has taken is not to be had here: claims among machines rest on it. */
function sharedCheck(taken: string): Check {
  const name = 'exclusive create';
  try {
    writeFileSync(taken, '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      return { name, state: 'ok', found: 'a name that another machine has taken is refused' };
  }
  const todo = 'have runs/ on a file system with exclusive create among machines';
  return { name, state: 'fail', found: 'a name that another machine has taken was given again', todo };
}

/** The set-up does just what is missing, and says it on stderr. */
function fix(): void {
  const setup = join(ownFolder(), 'setup', 'setup.js');
  spawnSync(process.execPath, [setup, '--again'], { stdio: ['ignore', 'inherit', 'inherit'] });
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
