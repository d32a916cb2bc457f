/** Runs in the order a person asks for. */
import type { FilterNames, Named } from '../filter/names.ts';
import type { FieldName } from '../filter/row.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import type { MetricRow } from '../record/rows.ts';
import { comparableGroups } from './comparable-groups.ts';
import { filterRow } from './filter-row.ts';
import type { ListedRun } from './listed-run.ts';
import { columnNamed } from './named.ts';
import { rank } from './ranking.ts';

export interface Section {
  readonly title?: string;
  /** Whether the order is a ranking. */
  readonly numbered: boolean;
  readonly runs: readonly ListedRun[];
}

export interface SortKey extends Named {
  /** The other way round than usual. */
  readonly reversed: boolean;
}

/**
 * @param typed names, with commas between or one by one, each with `-` in front for the other way round
 * Throws UserError for a name that is nothing's, or several things'.
 */
export function sortKeys(typed: readonly string[], names: FilterNames): SortKey[] {
  return typed
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .map((text) => {
      const reversed = text.startsWith('-');
      return { ...columnNamed('--sort', reversed ? text.slice(1) : text, names), reversed };
    });
}

/**
 * By a metric best first, by all else ascending, by the next key where they are equal; what has no value comes last.
 * A metric as the first key is a ranking: values that may not be ranked together are apart. Without keys as given.
 * @param metrics those that are among the keys
 */
export function sortedSections(
  runs: readonly ListedRun[],
  metrics: readonly MetricRow[],
  keys: readonly SortKey[],
): Section[] {
  const [first, ...more] = keys;
  if (first === undefined) return [{ numbered: false, runs }];
  if (first.kind === 'metric') return ranked(runs, metrics, first, byKeys(more, metrics));
  return [{ numbered: false, runs: runs.toSorted(byKeys(keys, metrics)) }];
}

type Order = (a: ListedRun, b: ListedRun) => number;

function ranked(
  runs: readonly ListedRun[],
  metrics: readonly MetricRow[],
  { name, reversed }: SortKey,
  next: Order,
): Section[] {
  const groups = comparableGroups(metrics.filter((metric) => metric.name === name));
  const goal = goalOf(metrics, name);
  const turned = goal === 'maximize' ? 'minimize' : 'maximize';
  const sections = rank(runs, name, reversed ? turned : goal, next);
  return sections.map(({ group, runs: members }) => {
    const label = group === null ? `without ${name}` : (groups[group]?.label ?? '');
    const title = sections.length === 1 || label === '' ? {} : { title: label };
    return { ...title, numbered: group !== null && !reversed, runs: members };
  });
}

function goalOf(metrics: readonly MetricRow[], name: string): Goal {
  return metrics.find((metric) => metric.name === name && metric.goal !== null)?.goal ?? 'minimize';
}

function byKeys(keys: readonly SortKey[], metrics: readonly MetricRow[]): Order {
  const orders = keys.map((key) => {
    const isTurned = key.reversed !== (key.kind === 'metric' && goalOf(metrics, key.name) === 'maximize');
    const read = reader(key);
    const sign = isTurned ? -1 : 1;
    return (a: ListedRun, b: ListedRun) => compareValues(read(a), read(b), sign);
  });
  return (a, b) => {
    for (const order of orders) {
      const found = order(a, b);
      if (found !== 0) return found;
    }
    return 0;
  };
}

function reader({ kind, name }: Named): (run: ListedRun) => JsonValue {
  if (kind === 'param') return (run) => run.params[name] ?? null;
  if (kind === 'metric') return (run) => run.metrics[name]?.value ?? null;
  return (run) => filterRow(run)[name as FieldName] ?? null;
}

/** Numbers by value, before texts in their order; what is not there last, whichever way round. */
function compareValues(a: JsonValue, b: JsonValue, sign: 1 | -1): number {
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'number' || typeof b === 'number') return sign * (typeof a === 'number' ? -1 : 1);
  const [x, y] = [a, b].map((value) => (typeof value === 'string' ? value : JSON.stringify(value))) as [string, string];
  return sign * (x < y ? -1 : Number(x > y));
}
