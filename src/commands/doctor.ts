/** `retrial doctor`: what this machine has, what that means, and what to do about what it lacks. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Chalk } from 'chalk';
import { exitCode } from '../errors.ts';
import { ownFolder } from '../own-package.ts';
import { type Check, machineChecks } from './doctor-checks.ts';
import { storeCheck } from './doctor-store.ts';

export interface DoctorOptions {
  readonly directory?: string;
  readonly fix?: boolean;
  readonly json?: boolean;
}

/** @returns exit code 1 where something that Retrial cannot do without is broken */
export async function doctor(options: DoctorOptions): Promise<number> {
  if (options.fix === true) fix();
  const directory = options.directory ?? process.cwd();
  const checks = [...machineChecks(directory), storeCheck(directory)];
  process.stdout.write(options.json === true ? `${JSON.stringify(checks, undefined, 2)}\n` : checksText(checks));
  return checks.some(({ state }) => state === 'fail') ? exitCode.stageFailed : exitCode.ok;
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
