/** `retrial reproduce HASH`: has a past experiment again without the cache and says whether it came out the same. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { exitCode, UserError } from '../errors.ts';
import { reproduce } from '../execute/reproduce.ts';
import { consoleSink } from '../logging/console.ts';
import { findPipeline } from '../pipeline/find-pipeline.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import { attemptOf } from './attempt-of.ts';
import { onInterrupt } from './interrupt.ts';
import { reproductionText } from './reproduce-text.ts';
import { exitCodeOf, type ReproduceOptions, type Reproducing, reproductionJson, requestOf } from './reproducing.ts';

/** @returns 0 same bytes, 3 equal metrics only, 4 different, 5 inputs or packages drifted, 1 a stage failed */
export async function reproduceCommand(typed: string | undefined, options: ReproduceOptions): Promise<number> {
  const isOfMany = options.all === true || options.study !== undefined || options.where !== undefined;
  if ((typed === undefined) !== isOfMany)
    throw new UserError('name the run to reproduce, or say --all, --study or --where', 'retrial runs lists them');
  const { root, layout } = recordFolder(options.directory ?? process.cwd());
  const screen = consoleSink({ stream: process.stderr }); // without logs: those in the store are of the record;
  const interrupt = onInterrupt((message) => process.stderr.write(`\n${message}\n`));
  const reproducing = { root, layout, sink: screen, print: screen.print, signal: interrupt.signal, options };
  try {
    const code =
      typed === undefined
        ? await (await import('./reproduce-all.ts')).reproduceAll(reproducing, () => screen.close())
        : await reproduceOne(typed, reproducing, () => screen.close());
    return code ?? interrupt.exitCode() ?? exitCode.interrupted;
  } finally {
    screen.close();
    interrupt.stop();
  }
}

async function reproduceOne(typed: string, reproducing: Reproducing, onEnd: () => void): Promise<number | undefined> {
  const id = await attemptOf(reproducing.layout, typed);
  const reproduction = await reproduce(requestOf(reproducing, id));
  onEnd();
  if (reproduction === undefined) return undefined;
  process.stdout.write(
    reproducing.options.json === true
      ? `${JSON.stringify(reproductionJson(reproduction), undefined, 2)}\n`
      : reproductionText(reproduction),
  );
  return exitCodeOf(reproduction.verdict);
}

/** A past run needs no pipeline.yaml of today: the nearest folder that has one, or a record. */
function recordFolder(from: string): { root: string; layout: Layout } {
  for (let at = resolve(from); ; at = dirname(at)) {
    if (existsSync(join(at, 'pipeline.yaml')) || existsSync(join(at, 'runs', 'journal')))
      return { root: at, layout: layoutOf(join(at, 'runs')) };
    if (at === dirname(at)) return { root: findPipeline(from), layout: layoutOf(join(at, 'runs')) }; // says what is missing
  }
}
