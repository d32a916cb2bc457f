/** `retrial run [STAGE…]`: brings stages up to date, with all they need. */
import { exitCode } from '../errors.ts';
import { type RunResult, run } from '../execute/run.ts';
import { short } from '../hash.ts';
import { consoleSink } from '../logging/console.ts';
import { onInterrupt } from './interrupt.ts';
import { type ConfigOptions, openProject } from './project.ts';
import { runJson } from './run-json.ts';
import { status } from './status.ts';

export interface RunOptions extends ConfigOptions {
  readonly jobs?: number;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly keepGoing?: boolean;
  readonly tag?: readonly string[];
  readonly note?: string;
  readonly json?: boolean;
}

export async function runCommand(targets: readonly string[], options: RunOptions): Promise<number> {
  if (options.dryRun === true) return status(targets, { ...options, why: true });
  const { pipeline, layout } = await openProject(options);
  const screen = consoleSink({ stream: process.stderr, layout });
  const interrupt = onInterrupt((message) => process.stderr.write(`\n${message}\n`));
  try {
    const result = await run({
      ...{ pipeline, layout, targets, sink: screen },
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
      ...{ force: options.force === true, keepGoing: options.keepGoing === true, tags: options.tag ?? [] },
      ...(options.note === undefined ? {} : { note: options.note }),
      signal: interrupt.signal,
    });
    screen.close();
    report(result, options.json === true);
    return interrupt.exitCode() ?? (result.status === 'complete' ? exitCode.ok : exitCode.stageFailed);
  } finally {
    screen.close();
    interrupt.stop();
  }
}

function report(result: RunResult, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(runJson(result), undefined, 2)}\n`);
    return;
  }
  const upToDate = result.attempt === null && result.status === 'complete';
  const what = upToDate ? 'up to date' : result.status;
  process.stderr.write(
    `run ${short(result.configHash)} ${what}${upToDate ? '' : `; retrial show ${short(result.configHash)}`}\n`,
  );
}
