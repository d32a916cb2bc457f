/** The trials of a study whose points were run under several seeds or folds: as the sweep ranks them, by their means. */
import type { Goal } from '../pipeline/types.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow, RunRow, TrialRow } from '../record/rows.ts';
import { replicatesForT, tTest } from '../statistics/student-t.ts';
import { groupOf } from './comparable-groups.ts';
import type { ComparedStudy, ComparedTrial, Comparison } from './comparison.ts';

interface Run {
  readonly run: RunRow;
  readonly metrics: readonly MetricRow[];
}

/**
 * Nothing where each point is one run: then the runs are ranked.
 * @param out runs that a filter left out: a mean over a part of a trial's runs would be another number
 */
export async function comparedTrials(
  index: Index,
  study: ComparedStudy | undefined,
  runs: readonly Run[],
  rankBy: string | undefined,
  out: ReadonlySet<string> = new Set(),
): Promise<Pick<Comparison, 'trials'> | Record<string, never>> {
  if (study === undefined || study.replicates.length === 0 || rankBy === undefined) return {};
  const rows = new Map(runs.map((row) => [row.run.configHash, row]));
  const isWhole = (trial: TrialRow) => trial.runs.every((hash) => !out.has(hash));
  const trials = (await index.trials(study.name)).filter((trial) => trial.state === 'complete' && isWhole(trial));
  const goal = goalOf(study, runs, rankBy);
  const compared = trials.flatMap((trial) => comparedTrial(trial, study, rows, rankBy) ?? []);
  return { trials: ranked(compared, goal) };
}

function comparedTrial(
  { trial, value, runs }: TrialRow,
  study: ComparedStudy,
  rows: ReadonlyMap<string, Run>,
  rankBy: string,
): ComparedTrial | undefined {
  const metrics = runs.map((hash) => rows.get(hash)?.metrics.find(({ name }) => name === rankBy));
  const numbers = metrics.map((metric) => metric?.value ?? null);
  const mean = study.metric.name === rankBy ? value : meanOf(numbers);
  if (mean === null) return undefined;
  const values = numbers.filter((number) => number !== null);
  const interval = values.length < replicatesForT ? {} : { interval: tTest(values).interval };
  const groups = new Set(metrics.flatMap((metric) => (metric === undefined ? [] : groupOf(metric))));
  return {
    trial,
    value: mean,
    group: [...groups].sort().join(' '),
    ...interval,
    runs: runs.filter((hash) => rows.has(hash)),
  };
}

/** Null where one of them has no number. */
function meanOf(values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length < values.length || values.length === 0
    ? null
    : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

function goalOf(study: ComparedStudy, runs: readonly Run[], metric: string): Goal {
  if (study.metric.name === metric) return study.metric.goal;
  const found = runs.flatMap((row) => row.metrics).find(({ name, goal }) => name === metric && goal !== null);
  return found?.goal ?? 'maximize';
}

/** Groups by size; in each the best first, of equal ones the lower number, as a sweep does. */
function ranked(trials: readonly ComparedTrial[], goal: Goal): ComparedTrial[] {
  const sign = goal === 'maximize' ? -1 : 1;
  const size = new Map<string, number>();
  for (const { group } of trials) size.set(group, (size.get(group) ?? 0) + 1);
  return [...trials].sort(
    (a, b) =>
      (size.get(b.group) ?? 0) - (size.get(a.group) ?? 0) ||
      (a.group < b.group ? -1 : Number(a.group > b.group)) ||
      sign * (a.value - b.value) ||
      a.trial - b.trial,
  );
}
