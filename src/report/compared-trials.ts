/** The trials of a study whose points were run under several seeds or folds: as the sweep ranks them, by their means. */
import type { ConfigHash } from '../hash.ts';
import { verdict } from '../logging/verdict.ts';
import type { Goal } from '../pipeline/types.ts';
import { groupOf } from '../record/comparable-group.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow, RunRow, TrialRow } from '../record/rows.ts';
import { comparedWithBest, type ReplicatedTrial } from '../statistics/compared-with-best.ts';
import { interval } from '../statistics/estimate.ts';
import { meanOf } from '../statistics/moments.ts';
import type { Layout } from '../store/layout.ts';
import { unitScores } from '../store/unit-scores.ts';
import type { ComparedStudy, ComparedTrial, Comparison } from './comparison.ts';
import { goalOf, groupOfMean } from './ranking.ts';

interface Run {
  readonly run: RunRow;
  readonly metrics: readonly MetricRow[];
}

/**
 * The trials of a study, and in words whether its best can be told from the second. Where each point is one run there are
 * no trials beside the runs, which are ranked then.
 * @param out runs that a filter left out: a mean over a part of a trial's runs would be another number
 */
export async function comparedTrials(
  index: Index,
  layout: Layout,
  study: ComparedStudy | undefined,
  runs: readonly Run[],
  metrics: Comparison['metrics'],
  rankBy: string | undefined,
  out: ReadonlySet<string> = new Set(),
): Promise<Pick<Comparison, 'trials' | 'verdict'>> {
  if (study === undefined || rankBy === undefined) return {};
  const rows = new Map(runs.map((row) => [row.run.configHash, row]));
  const isWhole = (trial: TrialRow) => trial.runs.every((hash) => !out.has(hash));
  const complete = (await index.trials(study.name)).filter((trial) => trial.state === 'complete' && isWhole(trial));
  const goal = goalOf({ study, metrics }, rankBy) ?? 'maximize';
  const scored = ranked(
    complete.flatMap((trial) => scoredTrial(trial, study, rows, rankBy) ?? []),
    goal,
  );
  const replicated = await withUnits(layout, scored, rankBy);
  const first = scored.flatMap(({ group }, at) => (group === scored[0]?.group ? (replicated[at] ?? []) : []));
  return {
    ...(study.replicates.length === 0
      ? {}
      : { trials: scored.map((trial, at) => comparedTrial(trial, replicated[at])) }),
    ...(first.length === 0 ? {} : { verdict: verdict(comparedWithBest(first, goal)) }),
  };
}

/** Of more trials units are not read: a comparison of hundreds is no comparison with the best any more. */
const mostWithUnits = 50;

/** @returns undefined for a trial of which a run has no number */
async function withUnits(
  layout: Layout,
  trials: readonly Scored[],
  metric: string,
): Promise<readonly (ReplicatedTrial | undefined)[]> {
  const units = await unitScores(
    layout,
    trials.slice(0, mostWithUnits).map(({ runs }) => runs),
    metric,
  );
  return trials.map(({ trial, values }, at) => {
    const scores = units[at];
    if (values.length === 0) return undefined;
    return { number: trial, values, ...(scores === undefined ? {} : { units: scores }) };
  });
}

interface Scored extends Pick<ComparedTrial, 'trial' | 'value' | 'group'> {
  readonly runs: readonly ConfigHash[];
  /** Of each run; empty where one has no number. */
  readonly values: readonly number[];
}

function scoredTrial(
  { trial, value, runs }: TrialRow,
  study: ComparedStudy,
  rows: ReadonlyMap<string, Run>,
  rankBy: string,
): Scored | undefined {
  const metrics = runs.map((hash) => rows.get(hash)?.metrics.find(({ name }) => name === rankBy));
  const numbers = metrics.map((metric) => metric?.value ?? null);
  const values = numbers.filter((number) => number !== null);
  const isWhole = values.length === numbers.length && values.length > 0;
  const mean = study.metric.name === rankBy ? value : isWhole ? meanOf(values) : null;
  // Of a trial whose runs were all removed there is nothing to show, nor to reproduce.
  if (mean === null || !runs.some((hash) => rows.has(hash))) return undefined;
  return {
    ...{
      trial,
      value: mean,
      group: groupOfMean(metrics.flatMap((metric) => (metric === undefined ? [] : groupOf(metric)))),
    },
    runs: runs.filter((hash) => rows.has(hash)),
    values: isWhole ? values : [],
  };
}

function comparedTrial({ trial, value, group, runs }: Scored, replicated: ReplicatedTrial | undefined): ComparedTrial {
  const estimate = replicated === undefined ? undefined : interval(replicated);
  return {
    ...{ trial, value, group, runs },
    ...(estimate?.interval === undefined ? {} : { interval: estimate.interval, how: estimate.how }),
  };
}

/** Groups by size; in each the best first, of equal ones the lower number, as a sweep does. */
function ranked(trials: readonly Scored[], goal: Goal): Scored[] {
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
