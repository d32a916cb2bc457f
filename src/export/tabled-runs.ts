/** What a table of settings is made of: the record's part of `export --to latex`. */
import { UserError } from '../errors.ts';
import { flatten } from '../pipeline/param-tree.ts';
import { byAttempt } from '../record/by-attempt.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow } from '../record/rows.ts';
import { comparableGroups } from '../report/comparable-groups.ts';
import { columnNamed, metricNamed } from '../report/named.ts';
import { neededStages } from '../report/record-rows.ts';
import { comparedStudy, objectiveOf, rankingMetric } from '../report/study-of.ts';
import { withoutUnused } from '../report/unused-params.ts';
import { type ExportedRuns, exportedRuns } from './exported-runs.ts';
import type { LatexTable } from './latex.ts';
import { type ColumnMetric, settingsOf, type TabledRun } from './settings.ts';

/**
 * @param chosen metrics, and params to take means over, in full or their last parts
 * Throws {@link UserError} for a name that is nothing's, and where there is no metric to show.
 */
export async function tableOf(
  index: Index,
  selection: readonly string[],
  chosen: { readonly metric?: readonly string[]; readonly over?: readonly string[] },
): Promise<LatexTable> {
  const exported = await exportedRuns(index, selection);
  const rows = exported.runs.flatMap(({ metrics }) => metrics);
  const objective = await objectiveOf(index, selection);
  const ranking = rankingMetric(objective?.name, rows);
  const known = [...new Set(rows.map(({ name }) => name))];
  const names = chosen.metric?.map((typed) => metricNamed(typed, known)) ?? (ranking === undefined ? [] : [ranking]);
  if (names.length === 0) throw new UserError('no metric has a goal to rank by', 'name those to show: --metric NAME');
  const metrics = [...new Set(names)].map((name): ColumnMetric => {
    const goal = rows.find((row) => row.name === name && row.goal !== null)?.goal ?? null;
    return { name, goal: goal ?? (name === objective?.name ? objective.goal : null) };
  });
  const over = await replicateParams(index, exported, chosen.over ?? []);
  const shown = rows.filter(({ name }) => names.includes(name));
  const groups = Object.entries(comparableGroups(shown));
  return {
    title: exported.study === undefined ? `${exported.runs.length} runs` : `Study ${exported.study.name}`,
    ...{ metrics, over, settings: settingsOf(await tabledRuns(index, exported), metrics, over) },
    labels: Object.fromEntries(groups.map(([id, { label }]) => [id, label])),
    notes: await heldOut(index, shown),
  };
}

async function tabledRuns(index: Index, { study, runs }: ExportedRuns): Promise<TabledRun[]> {
  const stagesOf = byAttempt(await index.stages(runs.map(({ run }) => run.attemptId)));
  const tabled = runs.map((exported) => {
    const needed = neededStages(stagesOf(exported.run.attemptId), exported.run.targets);
    return { ...exported, stages: new Set(needed.map(({ stage }) => stage)), params: flatten(exported.run.params) };
  });
  return withoutUnused(tabled, study?.spec ?? null);
}

/** Those of the studies that the runs are of, and those that are named. */
async function replicateParams(index: Index, { runs }: ExportedRuns, typed: readonly string[]): Promise<string[]> {
  const params = [...new Set(runs.flatMap(({ run }) => Object.keys(flatten(run.params))))];
  const studies = new Set(runs.map(({ study }) => study));
  const recorded = (await index.studies()).filter(({ name }) => studies.has(name));
  const known = recorded.flatMap((study) => comparedStudy(study).study?.replicates ?? []);
  return [...new Set([...known, ...typed.map((name) => columnNamed('--over', name, { params, metrics: [] }).name)])];
}

/** A held-out part that many configs were scored on is one no longer, and the reader of a table has to know. */
async function heldOut(index: Index, shown: readonly MetricRow[]): Promise<string[]> {
  const names = new Set(shown.map(({ name }) => name));
  const seen = (await index.holdouts()).filter(({ metric, configs }) => names.has(metric) && configs > 1);
  return seen.map(
    ({ metric, configs }) =>
      `${metric}: ${configs} configs were scored on this held-out part: the best of them is flattered by that`,
  );
}
