/** What can lie on an axis: a param, a metric in one comparable group, how long a run took, when it began. */
import { formatNumber } from '../../../logging/numbers.ts';
import type { Goal, JsonValue } from '../../../pipeline/types.ts';
import { meanOf } from '../../../statistics/moments.ts';
import { groupOfMean } from '../../ranking.ts';
import { meanDurationMs } from '../duration.ts';
import { durationText, timeText, valueText } from '../format.ts';
import type { Item } from './items.ts';

/** A number; where not all are, each value as JSON; undefined: not set, or no finite number. */
export type Cell = number | string | undefined;

export interface Column {
  /** In links: stays the same when runs are added. */
  readonly id: string;
  readonly kind: 'param' | 'metric' | 'time';
  /** Of the param or the metric. */
  readonly name: string;
  /** Short, and unique among the columns. */
  readonly label: string;
  readonly goal: Goal | undefined;
  readonly isNumeric: boolean;
  /** For each item. */
  readonly cells: readonly Cell[];
  text(cell: Cell): string;
}

const hasNoPlace = 'not set';

/**
 * @param label what it is called on an axis
 * @param textOf how its values are written
 */
export function paramColumn(
  items: readonly Item[],
  name: string,
  label: string,
  textOf: (name: string, value: JsonValue) => string = (_, value) => valueText(value),
): Column {
  const values = items.map(({ run }) => (Object.hasOwn(run.params, name) ? run.params[name] : undefined));
  const isNumeric = isAllNumbers(values);
  const cells = values.map((value): Cell => {
    if (isNumeric) return typeof value === 'number' ? value : undefined;
    return value === undefined ? undefined : JSON.stringify(value);
  });
  const text = (cell: Cell) => {
    if (cell === undefined) return hasNoPlace;
    return textOf(name, typeof cell === 'string' ? (JSON.parse(cell) as JsonValue) : cell) || '(empty)';
  };
  return { id: `p:${encodeURIComponent(name)}`, kind: 'param', name, label, goal: undefined, isNumeric, cells, text };
}

/** Among numbers null is no value, as where a depth is not limited. */
function isAllNumbers(values: readonly (JsonValue | undefined)[]): boolean {
  let numbers = 0;
  for (const value of values) {
    if (typeof value === 'number') numbers++;
    else if (value !== undefined && value !== null) return false;
  }
  return numbers > 0;
}

/** A metric's values of one comparable group: those of another lie on no axis with them. */
export function metricColumn(
  items: readonly Item[],
  { name, group, label, goal }: { name: string; group: string; label: string; goal: Goal | undefined },
  values: readonly ItemValue[],
): Column {
  const id = `m:${encodeURIComponent(name)}:${encodeURIComponent(group)}`;
  const cells = items.map((_, at) => (values[at]?.group === group ? (values[at]?.value ?? undefined) : undefined));
  const text = (cell: Cell) => (typeof cell === 'number' ? formatNumber(cell) : 'no value');
  return { id, kind: 'metric', name, label, goal, isNumeric: true, cells, text };
}

export function durationColumn(items: readonly Item[]): Column {
  const cells = items.map(({ runs }) => meanDurationMs(runs) ?? undefined);
  return timeColumn('duration', cells, (ms) => durationText(ms));
}

export function startedColumn(items: readonly Item[]): Column {
  const cells = items.map(({ run }) => {
    const at = Date.parse(run.startedAt);
    return Number.isNaN(at) ? undefined : at;
  });
  return timeColumn('started', cells, (ms) => timeText(new Date(ms).toISOString()));
}

function timeColumn(name: string, cells: readonly Cell[], text: (ms: number) => string): Column {
  return {
    ...{ id: `t:${name}`, kind: 'time', name, label: name, goal: undefined, isNumeric: true, cells },
    text: (cell) => (typeof cell === 'number' ? text(cell) : hasNoPlace),
  };
}

/** What an item has of a metric. */
export type ItemValue = { readonly value: number | null; readonly group: string } | undefined;

/** Of a trial the mean over its runs, if each has a number; the ranked metric as the study was told it. */
export function itemValue(
  { run, runs, trial, isLeftover }: Item,
  metric: string,
  rankBy: string | undefined,
): ItemValue {
  if (isLeftover) return undefined;
  if (trial !== undefined && metric === rankBy) return { value: trial.value, group: trial.group };
  if (runs.length === 1) return own(run.metrics, metric);
  const found = runs.flatMap(({ metrics }) => own(metrics, metric) ?? []);
  if (found.length === 0) return undefined;
  const numbers = found.flatMap(({ value }) => value ?? []);
  const group = groupOfMean(found.map((value) => value.group));
  const isWhole = numbers.length === runs.length;
  return { value: isWhole ? meanOf(numbers) : null, group };
}

function own<Value>(map: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
