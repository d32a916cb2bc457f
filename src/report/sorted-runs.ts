/** Runs in the order a person asks for. */
import { UserError } from '../errors.ts';
import type { JsonValue } from '../pipeline/types.ts';
import type { MetricRow } from '../record/rows.ts';
import { comparableGroups } from './comparable-groups.ts';
import type { ListedRun } from './listed-run.ts';
import { rank } from './ranking.ts';

export interface Section {
  readonly title?: string;
  /** Whether the order is a ranking. */
  readonly numbered: boolean;
  readonly runs: readonly ListedRun[];
}

/**
 * By a metric, best first and apart where values may not be ranked together; by a param or `started`, ascending; a `-`
 * in front turns the order round. A name's last part is enough where it is one name's alone. Without `sort` as given.
 * Throws UserError for a name that is nothing's, or several things'.
 */
export function sortedSections(
  runs: readonly ListedRun[],
  metrics: readonly MetricRow[],
  sort: string | undefined,
): Section[] {
  if (sort === undefined) return [{ numbered: false, runs }];
  const descending = sort.startsWith('-');
  const names = [
    ...new Set([...runs.flatMap((r) => [...Object.keys(r.params), ...Object.keys(r.metrics)]), 'started']),
  ];
  const name = resolveName(names, descending ? sort.slice(1) : sort);
  if (metrics.some((metric) => metric.name === name)) return byMetric(runs, metrics, name, descending);
  const key = (run: ListedRun) => (name === 'started' ? run.startedAt : (run.params[name] ?? null));
  const sign = descending ? -1 : 1;
  return [{ numbered: false, runs: [...runs].sort((a, b) => sign * compareValues(key(a), key(b))) }];
}

function byMetric(
  runs: readonly ListedRun[],
  metrics: readonly MetricRow[],
  name: string,
  reversed: boolean,
): Section[] {
  const ofName = metrics.filter((metric) => metric.name === name);
  const goal = ofName.find((metric) => metric.goal !== null)?.goal ?? 'minimize';
  const groups = comparableGroups(ofName);
  const turned = goal === 'maximize' ? 'minimize' : 'maximize';
  const sections = rank(runs, name, reversed ? turned : goal);
  return sections.map(({ group, runs: members }) => {
    const label = group === null ? `without ${name}` : (groups[group]?.label ?? '');
    const title = sections.length === 1 || label === '' ? {} : { title: label };
    return { ...title, numbered: group !== null && !reversed, runs: members };
  });
}

/** The one name that is `typed`, or ends in it behind a dot. */
export function resolveName(names: readonly string[], typed: string): string {
  if (names.includes(typed)) return typed;
  const [found, ...more] = names.filter((name) => name.endsWith(`.${typed}`));
  if (found === undefined)
    throw new UserError(`no param or metric is called "${typed}"`, `there are: ${names.join(', ')}`);
  if (more.length > 0) throw new UserError(`"${typed}" may be any of ${[found, ...more].join(', ')}`, 'say which');
  return found;
}

/** Numbers by value, before texts in their order; what is not there last. */
function compareValues(a: JsonValue, b: JsonValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const order = (value: JsonValue) => (value === null ? 2 : typeof value === 'number' ? 0 : 1);
  if (order(a) !== order(b)) return order(a) - order(b);
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : Number(x > y);
}
