/**
 * The share of a metric's variance that a param explains alone: the correlation ratio, corrected for what any division into
 * so many groups explains by chance (ε², Kelley, "An Unbiased Correlation Ratio Measure", PNAS 21, 1935). Numbers are cut
 * into groups of equal size first; what is not set is a group of its own.
 */
import { meanOf } from '../../../statistics/moments.ts';
import { pushTo } from '../../ranking.ts';
import type { Cell, Column } from './columns.ts';

const mostGroups = 10;
/** Fewer in a group on the average say nothing of its mean. */
const fewestEach = 3;

/**
 * @param losses of which those that are set count
 * @returns 0 … 1; undefined where there is nothing to explain, or too few to explain it
 */
export function varianceExplained(
  { cells, isNumeric }: Pick<Column, 'cells' | 'isNumeric'>,
  losses: readonly (number | undefined)[],
): number | undefined {
  const places = losses.flatMap((loss, at) => (loss === undefined ? [] : [at]));
  const groupOf = isNumeric ? equalGroups(cells, places) : (at: number) => cells[at];
  const groups = new Map<Cell, number[]>();
  for (const at of places) pushTo(groups, groupOf(at), losses[at] ?? 0);
  if (groups.size < 2 || places.length < fewestEach * groups.size) return undefined;
  const all = places.map((at) => losses[at] ?? 0);
  const total = squaresOf(all);
  if (total === 0) return undefined;
  const within = [...groups.values()].reduce((sum, group) => sum + squaresOf(group), 0);
  const unexplained = (within / (places.length - groups.size) / total) * (places.length - 1);
  return Math.max(0, 1 - unexplained);
}

/** Equal numbers are in one group. */
function equalGroups(cells: readonly Cell[], places: readonly number[]): (at: number) => Cell {
  const sorted = Float64Array.from(
    places.flatMap((at) => (typeof cells[at] === 'number' ? [Number(cells[at])] : [])),
  ).sort();
  const distinct = new Set(sorted);
  if (distinct.size <= mostGroups) return (at) => cells[at];
  const count = Math.min(mostGroups, Math.max(2, Math.floor(sorted.length / (2 * fewestEach))));
  const bounds = Array.from(
    { length: count - 1 },
    (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / count)] ?? 0,
  );
  return (at) => {
    const cell = cells[at];
    return typeof cell === 'number' ? bounds.filter((bound) => bound <= cell).length : undefined;
  };
}

/** Of the distances from the mean. */
function squaresOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
