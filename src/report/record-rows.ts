/** Which runs a selection names, and what the index knows of each. */
import { byAttempt } from '../record/by-attempt.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow, OutputRow, RunRow, StageRow, StudyRow } from '../record/rows.ts';
import { filterRow } from './filter-row.ts';
import { listedRun } from './listed-run.ts';
import { filterOf } from './named.ts';
import { namesIn } from './names-in.ts';
import { studyOf } from './study-of.ts';
import { withoutUnused } from './unused-params.ts';

/** What is known of one run, as rows. */
export interface RunRows {
  readonly run: RunRow;
  readonly stages: readonly StageRow[];
  readonly outputs: readonly OutputRow[];
  readonly metrics: readonly MetricRow[];
}

/** What a selection names, and the study where it is one in whole. */
export async function selectedRuns(
  index: Index,
  selection: readonly string[],
): Promise<{ readonly study: StudyRow | undefined; readonly runs: readonly RunRow[] }> {
  const study = await studyOf(index, selection);
  if (study !== undefined) return { study, runs: await index.runs(study.name) };
  return { study, runs: selection.length === 0 ? await index.runs() : await index.select(selection) };
}

/**
 * Those that a filter keeps, which sees of a run of a study what its tables show: no params that it does not use.
 * Throws UserError for a filter that cannot be understood.
 */
export async function filteredRows(
  index: Index,
  study: StudyRow | undefined,
  rows: readonly RunRows[],
  where: string,
): Promise<RunRows[]> {
  if (rows.length === 0) return [];
  const listed = rows.map((row) => listedRun(row.run, row.metrics));
  const runs = withoutUnused(listed, study?.spec ?? null);
  const filter = filterOf(where, { params: namesIn(runs, 'params'), metrics: await index.metricNames() });
  return rows.filter((_, at) => runs[at] !== undefined && filter.test(filterRow(runs[at])));
}

/** What the index knows of each run, in their order. */
export async function rowsOf(index: Index, runs: readonly RunRow[]): Promise<RunRows[]> {
  const ids = runs.map((run) => run.attemptId);
  const stagesOf = byAttempt(await index.stages(ids));
  const outputsOf = byAttempt(await index.outputs(ids));
  const metricsOf = byAttempt(await index.metrics(ids));
  return runs.map((run) => ({
    ...{ run, stages: neededStages(stagesOf(run.attemptId), run.targets) },
    ...{ outputs: outputsOf(run.attemptId), metrics: metricsOf(run.attemptId) },
  }));
}

/** The stages a run was about: its targets and all they need. Without targets, all. */
export function neededStages(stages: readonly StageRow[], targets: readonly string[]): StageRow[] {
  const needed = new Set(targets.length === 0 ? stages.map((s) => s.stage) : targets);
  const byName = new Map(stages.map((stage) => [stage.stage, stage]));
  for (const name of needed) for (const dep of byName.get(name)?.deps ?? []) needed.add(dep);
  return stages.filter((stage) => needed.has(stage.stage));
}
