/** `retrial run [STAGE…]`: brings stages up to date, with all they need. */
import { dirname, join, resolve } from 'node:path';
import { exitCode } from '../errors.ts';
import type { Sink } from '../events.ts';
import { type Answer, keepAnswer, type Question, standingAnswer } from '../execute/answer.ts';
import type { RunResult } from '../execute/run.ts';
import { type ConfigHash, short } from '../hash.ts';
import { consoleSink } from '../logging/console.ts';
import { findPipeline } from '../pipeline/find-pipeline.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import { onInterrupt } from './interrupt.ts';
import type { ConfigOptions } from './project.ts';
import { type RunJson, runJson } from './run-json.ts';
import type { SlurmFlags } from './slurm-settings.ts';

export interface RunOptions extends ConfigOptions, SlurmFlags {
  readonly jobs?: number;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly isolated?: boolean;
  readonly keepGoing?: boolean;
  readonly tag?: readonly string[];
  readonly note?: string;
  readonly json?: boolean;
  /** Inside of jobs: one stage of an attempt that was submitted, and its end. */
  readonly job?: string;
  readonly unit?: string;
  /** Seconds before its limit that it is told so. */
  readonly ahead?: number;
  readonly seal?: string;
}

export async function runCommand(targets: readonly string[], options: RunOptions): Promise<number> {
  if (options.job !== undefined || options.seal !== undefined)
    return (await import('./run-job.ts')).runJobCommand(options);
  if (options.executor === 'slurm') return (await import('./run-slurm.ts')).runOnSlurm(targets, options);
  if (ofSlurm.some((name) => options[name] !== undefined)) (await import('./slurm-settings.ts')).checkFlags(options);
  return await runHere(targets, options);
}

const ofSlurm = ['wait', 'partition', 'account', 'qos', 'constraint', 'gres', 'time', 'arrayCap'] as const;

/** On this machine. */
export async function runHere(targets: readonly string[], options: RunOptions): Promise<number> {
  if (options.dryRun === true) return (await import('./status.ts')).status(targets, { ...options, why: true });
  const question = questionOf(targets, options);
  const layout = layoutOf(join(dirname(question.file), 'runs'));
  const isMarked = (options.tag ?? []).length > 0 || options.note !== undefined;
  const known = options.force === true || isMarked ? undefined : await standingAnswer<RunJson>(layout, question);
  if (known === undefined) return await runAfresh(question, layout, options);
  const screen = consoleSink({ stream: process.stderr, layout });
  for (const event of known.events) screen(event);
  screen.close();
  report(known.result, options.json === true);
  return exitCode.ok;
}

function questionOf(targets: readonly string[], { directory, config = [], set = [] }: RunOptions): Question {
  const file = findPipeline(directory ?? process.cwd());
  return { file, targets, config: config.map((path) => resolve(path)), set };
}

/** What it takes to run is loaded only now. */
async function runAfresh(question: Question, layout: Layout, options: RunOptions): Promise<number> {
  const askedAt = Date.now();
  const [{ openProject }, { run }] = await Promise.all([import('./project.ts'), import('../execute/run.ts')]);
  const { pipeline } = await openProject(options);
  const screen = consoleSink({ stream: process.stderr, layout });
  const interrupt = onInterrupt((message) => process.stderr.write(`\n${message}\n`));
  const events: Answer<RunJson>['events'][number][] = [];
  const sink: Sink = (event) => {
    screen(event);
    if (event.type === 'warned' || event.type === 'stage-finished') events.push(event);
  };
  try {
    const result = await run({
      ...{ pipeline, layout, targets: question.targets, sink, watch: true },
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
      ...{
        force: options.force === true,
        isolated: options.isolated === true,
        keepGoing: options.keepGoing === true,
        tags: options.tag ?? [],
      },
      ...(options.note === undefined ? {} : { note: options.note }),
      signal: interrupt.signal,
    });
    screen.close();
    report(runJson(result), options.json === true);
    if (result.attempt === null && result.status === 'complete') await markExisting(layout, result.configHash, options);
    if (options.isolated === true && result.status === 'failed') process.stderr.write(isolatedHint);
    await keep(layout, question, { events, result: runJson(result) }, result, askedAt);
    return interrupt.exitCode() ?? (result.status === 'complete' ? exitCode.ok : exitCode.stageFailed);
  } finally {
    screen.close();
    interrupt.stop();
  }
}

/** Nothing had to be done, so that no attempt was begun: what was said of it is said of the one whose results these are. */
async function markExisting(layout: Layout, configHash: ConfigHash, { tag = [], note }: RunOptions): Promise<void> {
  if (tag.length === 0 && note === undefined) return;
  const [{ newestLock }, { say }] = await Promise.all([import('../store/attempts.ts'), import('../record/mark.ts')]);
  const attempt = (await newestLock(layout, configHash))?.attempt;
  if (attempt === undefined) return;
  const said = { ...(tag.length === 0 ? {} : { addTags: tag }), ...(note === undefined ? {} : { note }) };
  await say(layout, { configHash, attempt }, { type: 'run-marked', ...said });
}

const isolatedHint =
  '--isolated: a stage found only its deps, traced and declared code, and declared env; what else it reads, declare\n';

async function keep(
  layout: Layout,
  question: Question,
  answer: Answer<RunJson>,
  { lookedAt }: RunResult,
  askedAt: number,
): Promise<void> {
  if (lookedAt !== undefined) await keepAnswer(layout, question, answer, lookedAt, askedAt);
}

export function report(result: RunJson, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
    return;
  }
  const upToDate = result.attempt === null && result.status === 'complete';
  const what = upToDate ? 'up to date' : result.status;
  const name = `${short(result.configHash)}${result.status === 'complete' ? '' : `@${result.attempt}`}`;
  process.stderr.write(`run ${short(result.configHash)} ${what}${upToDate ? '' : `; retrial show ${name}`}\n`);
}
