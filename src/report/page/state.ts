/** What the panels share: the comparison, names that are short and unique, and the run that is selected. */
import type { Goal } from '../../pipeline/types.ts';
import type { ComparedRun, Comparison } from '../comparison.ts';
import { differingParams, type RankedSection, rank, shortNames } from '../ranking.ts';
import { runLabel } from './format.ts';

export interface PageState {
  readonly comparison: Comparison;
  /** Params that are not the same in all runs. */
  readonly differing: readonly string[];
  readonly rankBy: string | undefined;
  readonly goal: Goal;
  readonly sections: readonly RankedSection<ComparedRun>[];
  /** Param whose values are laid side by side and coloured. */
  readonly splitBy: string | undefined;
  paramName(name: string): string;
  label(run: ComparedRun): string;
  /** Whether the value is the best of its group. */
  isBest(run: ComparedRun, metric: string): boolean;
  selected(): ComparedRun | undefined;
  select(run: ComparedRun): void;
  onSelect(listener: (run: ComparedRun) => void): void;
}

export function pageState(comparison: Comparison): PageState {
  const { runs, metrics, study } = comparison;
  const differing = differingParams(runs);
  const names = shortNames([...new Set(runs.flatMap((run) => Object.keys(run.params)))]);
  const rankBy = comparison.rankBy ?? study?.metric.name;
  const goalOf = (metric: string): Goal | undefined =>
    study?.metric.name === metric ? study.metric.goal : (metrics[metric]?.goal ?? undefined);
  const best = new Map<string, ReadonlyMap<string, number>>();
  const listeners: ((run: ComparedRun) => void)[] = [];
  let selected: ComparedRun | undefined;
  return {
    ...{ comparison, differing, rankBy },
    goal: (rankBy === undefined ? undefined : goalOf(rankBy)) ?? 'maximize',
    sections: rankBy === undefined ? [{ group: null, runs }] : rank(runs, rankBy, goalOf(rankBy) ?? 'maximize'),
    splitBy: splitParam(comparison, differing),
    paramName: (name) => names.get(name) ?? name,
    label: (run) => runLabel(run, differing, names),
    isBest: (run, metric) => {
      const goal = goalOf(metric);
      const found = run.metrics[metric];
      if (goal === undefined || found === undefined || found.value === null) return false;
      const values = best.get(metric) ?? bestOf(runs, metric, goal);
      best.set(metric, values);
      return values.get(found.group) === found.value;
    },
    selected: () => selected,
    select: (run) => {
      selected = run;
      for (const listener of listeners) listener(run);
    },
    onSelect: (listener) => listeners.push(listener),
  };
}

/** Best value of each group; where all are the same, none is best. */
function bestOf(runs: readonly ComparedRun[], metric: string, goal: Goal): ReadonlyMap<string, number> {
  const values = new Map<string, number[]>();
  for (const run of runs) {
    const found = run.metrics[metric];
    if (found !== undefined && found.value !== null)
      values.set(found.group, [...(values.get(found.group) ?? []), found.value]);
  }
  const better = goal === 'maximize' ? Math.max : Math.min;
  return new Map(
    [...values].filter(([, list]) => new Set(list).size > 1).map(([group, list]) => [group, better(...list)]),
  );
}

const mostPanels = 6;

/** The study's own, else the differing param with the fewest values. */
function splitParam(comparison: Comparison, differing: readonly string[]): string | undefined {
  if (comparison.splitBy !== undefined && differing.includes(comparison.splitBy)) return comparison.splitBy;
  const counted = differing.map((name) => ({ name, values: splitValues(comparison.runs, name).length }));
  const fit = counted.filter(({ values }) => values > 1 && values <= mostPanels);
  return fit.sort((a, b) => a.values - b.values)[0]?.name;
}

/** Values of a param, sorted; runs without it are left out. */
export function splitValues(runs: readonly ComparedRun[], param: string): string[] {
  const values = new Set<string>();
  for (const run of runs) if (run.params[param] !== undefined) values.add(JSON.stringify(run.params[param]));
  return [...values].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
}
