/** `retrial archive`: some runs, with all it takes to go on with them elsewhere, as one file. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCode, UserError } from '../errors.ts';
import type { AttemptId } from '../events.ts';
import { linesAbout } from '../record/lines-about.ts';
import type { Index } from '../record/open-index.ts';
import type { RunRow } from '../record/rows.ts';
import { unknownStudy } from '../record/select-runs.ts';
import { runsWhere } from '../report/find-runs.ts';
import { archive as writeArchive } from '../store/archive.ts';
import { beginUsing } from '../store/in-use.ts';
import { type ReadingOptions, reading } from './reading.ts';

export interface ArchiveOptions extends ReadingOptions {
  readonly study?: string;
  readonly all?: boolean;
  /** A filter of runs: docs/filter.md. */
  readonly where?: string;
}

/** @returns 1 where something that belongs to the runs was damaged or missing, and is not in the archive */
export async function archive(selectors: readonly string[], output: string, options: ArchiveOptions): Promise<number> {
  const file = resolve(output);
  if (existsSync(file)) throw new UserError(`${output} is there already`, 'name another file');
  return await reading(options, async (index, layout) => {
    const studies = await studiesOf(index, options);
    const attempts = (await chosen(index, selectors, options)).filter(({ status }) => status !== 'running').map(idOf);
    if (attempts.length === 0) throw new UserError('there is nothing to archive', 'retrial runs lists the runs');
    const using = beginUsing(layout, 'everything');
    try {
      const lines = (some: readonly AttemptId[]) => linesAbout(layout, some, studies);
      const archived = await writeArchive({ layout, attempts, studies, linesAbout: lines, file });
      const { results, collected, objects, missing } = archived;
      for (const what of missing)
        process.stderr.write(`warning: ${what} is damaged or missing, and not in the archive\n`);
      const without = collected === 0 ? '' : `, of ${collected} more their locks`;
      process.stderr.write(`${archived.attempts} attempts, ${results} results${without}, ${objects} objects\n`);
      process.stdout.write(`${file}\n`);
      return missing.length === 0 ? exitCode.ok : exitCode.stageFailed;
    } finally {
      using.end();
    }
  });
}

async function studiesOf(index: Index, { study, all }: ArchiveOptions): Promise<string[]> {
  const known = (await index.studies()).map(({ name }) => name);
  if (study !== undefined && !known.includes(study)) throw unknownStudy(study, known);
  return all === true ? known : study === undefined ? [] : [study];
}

/** All attempts of each run, or the one behind `@`. */
async function chosen(index: Index, selectors: readonly string[], options: ArchiveOptions): Promise<RunRow[]> {
  const { study, all, where } = options;
  if ([selectors.length > 0, study !== undefined, all === true, where !== undefined].filter(Boolean).length !== 1)
    throw new UserError('name runs, or say --study NAME, --where EXPRESSION or --all', 'one of the four');
  if (all === true) return await index.allAttempts();
  const rows =
    where === undefined ? (study === undefined ? [] : await index.runs(study)) : await runsWhere(index, where);
  const runs = new Map<string, RunRow[]>();
  for (const row of rows) runs.set(row.configHash, await index.attempts(row.configHash));
  for (const selector of selectors) {
    const run = await index.run(selector);
    const more = selector.includes('@') ? [run] : await index.attempts(run.configHash);
    const known = runs.get(run.configHash) ?? [];
    runs.set(run.configHash, [
      ...known,
      ...more.filter(({ attempt }) => known.every((row) => row.attempt !== attempt)),
    ]);
  }
  return [...runs.values()].flat();
}

const idOf = ({ configHash, attempt }: RunRow): AttemptId => ({ configHash, attempt });
