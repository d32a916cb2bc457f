/** The curves of one setting under several seeds as one: their mean, within the least and the greatest of them. */
import { meanOf } from '../../../statistics/moments.ts';
import type { ComparedSeries } from '../../comparison.ts';

export interface Band {
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  /** Curves it is of. */
  readonly count: number;
}

/** More steps cannot be told apart. */
const mostSteps = 400;

/**
 * At the steps of all of them, where a curve has no point by the line between its neighbours; at each step of the curves
 * that reach there and are finite there.
 */
export function banded(curves: readonly ComparedSeries[]): ComparedSeries & { readonly band: Band } {
  const steps = gridOf(curves);
  const sampled = curves.map((curve) => sampledAt(curve, steps));
  const at = steps.map((_, place) => sampled.flatMap((values) => values[place] ?? []));
  const from = (pick: (values: readonly number[]) => number) =>
    at.map((values) => (values.length === 0 ? null : pick(values)));
  return {
    ...{ steps, points: Math.max(...curves.map(({ points }) => points)) },
    values: from(meanOf),
    band: {
      low: from((values) => Math.min(...values)),
      high: from((values) => Math.max(...values)),
      count: curves.length,
    },
  };
}

function gridOf(curves: readonly ComparedSeries[]): readonly number[] {
  const all = [...new Set(curves.flatMap(({ steps }) => steps))].sort((a, b) => a - b);
  if (all.length <= mostSteps) return all;
  const stride = (all.length - 1) / (mostSteps - 1);
  return Array.from({ length: mostSteps }, (_, place) => all[Math.round(place * stride)] as number);
}

/** @param steps rising; where the curve has not begun, has ended or is not finite there is no value */
function sampledAt({ steps: own, values }: ComparedSeries, steps: readonly number[]): (number | null)[] {
  let next = 0;
  return steps.map((step) => {
    while (next < own.length && (own[next] as number) < step) next++;
    const [after, value] = [own[next], values[next] ?? null];
    if (after === undefined || value === null) return null;
    if (after === step) return value;
    const [before, last] = [own[next - 1], values[next - 1] ?? null];
    if (before === undefined || last === null) return null;
    return last + ((value - last) * (step - before)) / (after - before);
  });
}
