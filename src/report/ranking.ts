/** Runs in the order of a metric, apart where their values may not be ranked together. */
import type { Goal, JsonValue } from '../pipeline/types.ts';
import type { ComparedRun, Comparison } from './comparison.ts';
import type { ListedRun } from './listed-run.ts';
import { namesIn } from './names-in.ts';

export interface RankedSection<Run extends ListedRun> {
  /** Comparable group of the values; null for runs that have no number to rank. */
  readonly group: string | null;
  /** Best first; equal values by config hash, so that the order is the same everywhere. */
  readonly runs: readonly Run[];
}

/**
 * Sections by size, then group; runs without a finite value of the metric come last, in the order given.
 * @param next of runs with equal values, before that of their hashes
 */
export function rank<Run extends ListedRun>(
  runs: readonly Run[],
  metric: string,
  goal: Goal,
  next?: (a: Run, b: Run) => number,
): RankedSection<Run>[] {
  const sections = new Map<string, Run[]>();
  const unranked: Run[] = [];
  for (const run of runs) {
    const found = run.metrics[metric];
    if (found === undefined || found.value === null) unranked.push(run);
    else pushTo(sections, found.group, run);
  }
  const sign = goal === 'maximize' ? -1 : 1;
  const values = new Map(runs.map((run) => [run, run.metrics[metric]?.value ?? 0]));
  const value = (run: Run) => values.get(run) ?? 0;
  const order = (a: Run, b: Run) =>
    sign * (value(a) - value(b)) || next?.(a, b) || (a.configHash < b.configHash ? -1 : 1);
  const ranked: RankedSection<Run>[] = [...sections]
    .sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))
    .map(([group, members]) => ({ group, runs: members.sort(order) }));
  return unranked.length === 0
    ? ranked
    : [...ranked, { group: null, runs: next === undefined ? unranked : unranked.sort(next) }];
}

/** Whether more or less of a metric is better: as the study says, else the pipeline; undefined where neither does. */
export function goalOf({ study, metrics }: Pick<Comparison, 'study' | 'metrics'>, metric: string): Goal | undefined {
  return study?.metric.name === metric ? study.metric.goal : (metrics[metric]?.goal ?? undefined);
}

/** Best first where there is a metric to rank by, group after group; else as they are. */
export function inOrder(comparison: Comparison): readonly ComparedRun[] {
  const { rankBy, runs } = comparison;
  const goal = rankBy === undefined ? undefined : goalOf(comparison, rankBy);
  if (rankBy === undefined || goal === undefined) return runs;
  return rank(runs, rankBy, goal).flatMap((section) => section.runs);
}

/** The best of some values; undefined where none is better than another, as of one alone or of equals. */
export function bestValue(values: readonly number[], goal: Goal): number | undefined {
  if (new Set(values).size < 2) return undefined;
  return values.reduce(goal === 'maximize' ? (a, b) => Math.max(a, b) : (a, b) => Math.min(a, b));
}

/** The group that a mean is ranked in: that of its values; of several groups all, as only means over the same are alike. */
export function groupOfMean(groups: readonly string[]): string {
  return [...new Set(groups)].sort().join(' ');
}

/** To the list of a key, which is made where there is none. */
export function pushTo<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}

/** Names of the params that are not the same in all runs, in the order of the first run that has each. */
export function differingParams(runs: readonly ListedRun[]): string[] {
  const [first] = runs;
  return namesIn(runs, 'params').filter((name) => runs.some((run) => !isSame(run.params[name], first?.params[name])));
}

/**
 * `model.loss` → `loss`: as few of a param's last parts as tell it from all other names. Of a metric the stage alone is
 * left out, never a part of its own name (`summary.mse.mean` → `mse.mean`), nor an instance (`evaluate@0.mae` stays).
 * @param metrics as params all there are, shown or not: what is short must mean one thing alone
 */
export function shortNames(params: readonly string[], metrics: readonly string[] = []): Map<string, string> {
  const all = [...new Set([...params, ...metrics])];
  const isAlone = (text: string) => all.filter((name) => name === text || name.endsWith(`.${text}`)).length === 1;
  const shortest = (name: string, candidates: readonly string[]): [string, string] => [
    name,
    candidates.find(isAlone) ?? name,
  ];
  return new Map([
    ...metrics.map((name) => shortest(name, withoutStage(name))),
    ...params.map((name) => shortest(name, endsOf(name))),
  ]);
}

function withoutStage(metric: string): string[] {
  const [stage = '', ...own] = metric.split('.');
  return stage.includes('@') || own.length === 0 ? [] : [own.join('.')];
}

function endsOf(param: string): string[] {
  const parts = param.split('.');
  return parts.map((_, at) => parts.slice(parts.length - 1 - at).join('.'));
}
