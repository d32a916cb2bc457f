/** The values of a param as few steps: each as it is where they are few, else stretches of equal width on its scale. */
import type { Column } from './columns.ts';
import { inOrder, scaleOf, tickText } from './scale.ts';

export interface Bins {
  readonly labels: readonly string[];
  /** Of each item its bin; −1: the param is not set. */
  readonly of: Int32Array;
}

const mostAsTheyAre = 12;
const stretches = 8;

export function binsOf(column: Column): Bins {
  const distinct = new Set(column.cells.filter((cell) => cell !== undefined));
  if (!column.isNumeric || distinct.size <= mostAsTheyAre) return eachValue(column);
  const scale = scaleOf(column);
  const edge = (at: number) => tickText(column, Number(scale.valueAt(at / stretches).toPrecision(3)));
  const labels = Array.from({ length: stretches }, (_, at) => `${edge(at)} – ${edge(at + 1)}`);
  const of = Int32Array.from(column.cells, (cell) =>
    cell === undefined ? -1 : Math.min(stretches - 1, Math.floor(scale.at(cell) * stretches)),
  );
  return { labels, of };
}

function eachValue(column: Column): Bins {
  const distinct = [...new Set(column.cells.filter((cell) => cell !== undefined))];
  const order = distinct.sort(inOrder);
  const places = new Map(order.map((cell, at) => [cell, at]));
  return {
    labels: order.map((cell) => column.text(cell)),
    of: Int32Array.from(column.cells, (cell) => (cell === undefined ? -1 : (places.get(cell) ?? -1))),
  };
}

export interface HeatCell {
  readonly count: number;
  readonly mean: number;
  /** Lowest loss. */
  readonly best: number;
}

/**
 * @param losses undefined: counts nowhere
 * @returns `[rows][columns]`; undefined where nothing is
 */
export function heatCells(
  across: Bins,
  down: Bins,
  losses: readonly (number | undefined)[],
): (HeatCell | undefined)[][] {
  const cells = down.labels.map(() => across.labels.map((): HeatCell | undefined => undefined));
  losses.forEach((loss, at) => {
    const [row, column] = [cells[down.of[at] ?? -1], across.of[at] ?? -1];
    if (loss === undefined || row === undefined || column < 0) return;
    const { count, mean, best } = row[column] ?? { count: 0, mean: 0, best: Number.POSITIVE_INFINITY };
    row[column] = { count: count + 1, mean: mean + (loss - mean) / (count + 1), best: Math.min(best, loss) };
  });
  return cells;
}
