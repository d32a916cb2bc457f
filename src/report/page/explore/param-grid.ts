/** The places that a param's values are counted at: as Optuna's, of the range that was tried. */
import type { Cell } from './columns.ts';
import { categoriesOf, scaleOf } from './scale.ts';

export interface ParamGrid {
  readonly size: number;
  /** How many of these places have their value at each point of the grid. */
  counts(places: readonly number[]): Float64Array;
}

const mostPoints = 50;

/** @param places those that have a value */
export function gridOf(cells: readonly Cell[], places: readonly number[], isNumeric: boolean): ParamGrid {
  const values = places.map((at) => cells[at]);
  if (isNumeric) return numericGrid(cells, values);
  const categories = categoriesOf(values);
  const pointOf = new Map<Cell, number>(categories.map((value, at) => [value, at]));
  return { size: categories.length, counts: countAt((at) => pointOf.get(cells[at]) ?? 0, categories.length) };
}

/** Whole numbers have a point each as long as they are few; a log axis of them one for each doubling. */
function numericGrid(cells: readonly Cell[], values: readonly Cell[]): ParamGrid {
  const { low, high, kind } = scaleOf({ isNumeric: true, cells: values });
  if (!(low < high)) return { size: 1, counts: countAt(() => 0, 1) };
  const isWhole = values.every(Number.isInteger);
  const span = high - low + 1;
  const wanted = !isWhole ? mostPoints : kind === 'log' ? Math.ceil(Math.log2(span)) + 1 : span;
  const size = Math.min(mostPoints, wanted);
  const to = kind === 'log' ? Math.log : (value: number) => value;
  const [start, step] = [to(low), (to(high) - to(low)) / (size - 1)];
  // Halfway between two points is the lower one's.
  const pointOf = (at: number) => Math.ceil((to(Number(cells[at])) - start) / step - 0.5);
  return { size, counts: countAt((at) => Math.min(size - 1, Math.max(0, pointOf(at))), size) };
}

function countAt(pointOf: (at: number) => number, size: number): ParamGrid['counts'] {
  return (places) => {
    const counts = new Float64Array(size);
    for (const at of places) {
      const point = pointOf(at);
      counts[point] = (counts[point] ?? 0) + 1;
    }
    return counts;
  };
}
