/** `retrial export --to mlflow -o ADDRESS`: runs into a running server. */
import { basename } from 'node:path';
import { exitCode, UserError } from '../errors.ts';
import { type ExportedRun, exportedRuns } from '../export/exported-runs.ts';
import { MlflowError, mlflowClient } from '../export/mlflow/client.ts';
import type { MlflowRun } from '../export/mlflow/content.ts';
import { exportToMlflow } from '../export/mlflow/export.ts';
import { byAttempt } from '../record/by-attempt.ts';
import type { Index } from '../record/open-index.ts';
import { type ReadingOptions, reading } from './reading.ts';

export interface ExportToMlflowOptions extends ReadingOptions {
  readonly experiment?: string;
}

/** @returns 1 where the server does not answer, or refuses; what it has by then stays, and the same command goes on */
export async function toMlflow(
  selection: readonly string[],
  address: string,
  options: ExportToMlflowOptions,
): Promise<number> {
  if (!/^https?:\/\/[^/]/.test(address) || !URL.canParse(address))
    throw new UserError(`"${address}" is not the address of a server`, '-o http://127.0.0.1:5000');
  try {
    return await reading(options, async (index, layout) => {
      const { study, runs } = await exportedRuns(index, selection);
      const experiment = options.experiment ?? study?.name ?? basename(options.root);
      const mlflowRuns = await withStages(index, runs);
      const counts = await exportToMlflow(mlflowClient(address), experiment, layout, mlflowRuns, progress(runs.length));
      const { created, updated, unchanged } = counts;
      const said = `${created} new, ${updated} updated, ${unchanged} as they were`;
      process.stdout.write(`${runs.length} runs in experiment "${experiment}": ${said}\n`);
      return exitCode.ok;
    });
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    process.stderr.write(`error: ${error.message}\n  → run the same command again when this is mended: it goes on\n`);
    return exitCode.stageFailed;
  }
}

async function withStages(index: Index, runs: readonly ExportedRun[]): Promise<MlflowRun[]> {
  const stagesOf = byAttempt(await index.stages(runs.map(({ run }) => run.attemptId)));
  return runs.map((exported) => ({ ...exported, stages: stagesOf(exported.run.attemptId) }));
}

const sayEveryMs = 5000;

/** A line now and then where it takes long: how far it is, and what is left at that speed. */
function progress(all: number): (done: number) => void {
  const begin = performance.now();
  let said = begin;
  return (done) => {
    const now = performance.now();
    if (now - said < sayEveryMs || done === all) return;
    said = now;
    const leftSeconds = Math.ceil((((now - begin) / done) * (all - done)) / 1000);
    process.stderr.write(`${done} of ${all} runs, about ${leftSeconds} s to go\n`);
  };
}
