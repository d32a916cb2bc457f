/** How a search got better. */
import type { Goal } from '../../../pipeline/types.ts';

/**
 * Where the best changes, and how far the last one holds.
 *
 * @param values in any order
 * @param end until where the line goes
 */
export function bestSoFar(
  values: readonly { readonly x: number; readonly y: number }[],
  goal: Goal,
  end: number,
): (readonly [x: number, y: number])[] {
  const isBetter = (a: number, b: number) => (goal === 'maximize' ? a > b : a < b);
  const steps: (readonly [number, number])[] = [];
  for (const { x, y } of values.toSorted((a, b) => a.x - b.x)) {
    const best = steps.at(-1);
    if (best === undefined || isBetter(y, best[1])) steps.push([x, y]);
  }
  const last = steps.at(-1);
  return last === undefined || last[0] >= end ? steps : [...steps, [end, last[1]]];
}
