/** Runs as settings: what is the same but for the replicates (seeds, folds) is one, with the means of its metrics. */
import { canonicalJson } from '../hash.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import { groupOf } from '../record/comparable-group.ts';
import { bestValue, groupOfMean, pushTo } from '../report/ranking.ts';
import { meanOf } from '../statistics/moments.ts';
import { replicatesForT, tTest } from '../statistics/student-t.ts';
import type { ExportedRun } from './exported-runs.ts';

export interface Setting {
  /** Flat, without those that tell its replicates apart. */
  readonly params: Readonly<Record<string, JsonValue>>;
  /** In the order of the metrics asked for. */
  readonly cells: readonly Cell[];
}

export interface Cell {
  /** How many runs were to have the metric. */
  readonly runs: number;
  /** Mean over all runs; null where one of them has no finite number, or none has the metric. */
  readonly mean: number | null;
  /** Half of the 95 % interval of the mean by Student's t; absent of fewer than five runs. */
  readonly half?: number;
  /** Cells of one group may be ranked together; empty where there is no value. */
  readonly group: string;
  /** Whether none of its group is better. */
  readonly best: boolean;
}

export interface TabledRun extends ExportedRun {
  /** Those it was about: its targets and all they need. */
  readonly stages: ReadonlySet<string>;
  /** Flattened, without those that its study searches for other settings alone. */
  readonly params: Readonly<Record<string, JsonValue>>;
}

export interface ColumnMetric {
  readonly name: string;
  readonly goal: Goal | null;
}

/**
 * In the order in which their first runs were begun; those that have none of the metrics are left out.
 * @param over params in which the replicates of a setting differ
 */
export function settingsOf(
  runs: readonly TabledRun[],
  metrics: readonly ColumnMetric[],
  over: readonly string[],
): Setting[] {
  const groups = new Map<string, { params: Setting['params']; runs: TabledRun[] }>();
  for (const tabled of runs) {
    const params = Object.fromEntries(Object.entries(tabled.params).filter(([name]) => !over.includes(name)));
    const key = canonicalJson(params);
    const group = groups.get(key) ?? { params, runs: [] };
    groups.set(key, group);
    group.runs.push(tabled);
  }
  const settings = [...groups.values()].map(({ params, runs: replicates }) => ({
    params,
    cells: metrics.map(({ name }) => cellOf(replicates, name)),
  }));
  return withBest(
    settings.filter(({ cells }) => cells.some(({ group }) => group !== '')),
    metrics,
  );
}

/** A run that was to have the metric and has no finite one leaves no mean: that of the others would flatter. */
function cellOf(replicates: readonly TabledRun[], name: string): Omit<Cell, 'best'> {
  const stage = name.split('.', 1)[0] ?? '';
  const meant = replicates.filter(({ stages, metrics }) => stages.has(stage) || metrics.some((m) => m.name === name));
  const found = meant.flatMap(({ metrics }) => metrics.filter((metric) => metric.name === name));
  const group = groupOfMean(found.map(groupOf));
  const values = found.flatMap(({ value }) => value ?? []);
  const counted = { runs: meant.length, group };
  if (values.length < meant.length || values.length === 0) return { ...counted, mean: null };
  if (values.length < replicatesForT) return { ...counted, mean: meanOf(values) };
  const { mean, interval } = tTest(values);
  return { ...counted, mean, half: (interval[1] - interval[0]) / 2 };
}

/** Best is what is nowhere beaten in its group, where anything is: one alone, or equals, are no better than the rest. */
function withBest(
  settings: readonly (Omit<Setting, 'cells'> & { readonly cells: readonly Omit<Cell, 'best'>[] })[],
  metrics: readonly ColumnMetric[],
): Setting[] {
  const best = metrics.map(({ goal }, at) => {
    const means = new Map<string, number[]>();
    for (const { cells } of settings) {
      const cell = cells[at];
      if (cell !== undefined && cell.mean !== null) pushTo(means, cell.group, cell.mean);
    }
    return new Map([...means].map(([group, all]) => [group, goal === null ? undefined : bestValue(all, goal)]));
  });
  return settings.map((setting) => ({
    ...setting,
    cells: setting.cells.map((cell, at) => {
      const wins = cell.mean !== null && best[at]?.get(cell.group) === cell.mean;
      return { ...cell, best: wins };
    }),
  }));
}
