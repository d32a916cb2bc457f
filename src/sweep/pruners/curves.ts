/** What pruners ask of curves. A value that is not finite is the worst there is. */

import { formatNumber } from '../../logging/format.ts';
import type { Goal } from '../../pipeline/types.ts';
import type { Curve } from '../pruner.ts';

/** NaN and both infinities as Infinity: a loss of minus infinity is a training that broke, and wins nothing. */
export function orWorst(value: number): number {
  return Number.isFinite(value) ? value : Infinity;
}

/** The best loss among points up to a step; Infinity where none of them is finite, undefined where there are none. */
export function bestUpTo(curve: Curve, step: number): number | undefined {
  const [first, ...rest] = curve.filter((point) => point.step <= step);
  if (first === undefined) return undefined;
  return rest.reduce((best, { value }) => Math.min(best, orWorst(value)), orWorst(first.value));
}

/** A trial's loss where it first reported at a step or beyond it; undefined where it has not got there. */
export function lossAtRung(curve: Curve, rung: number): number | undefined {
  const point = curve.find(({ step }) => step >= rung);
  return point === undefined ? undefined : orWorst(point.value);
}

/** How a loss is written for people: in the sign of the metric. */
export type Shown = (loss: number) => string;

export function shownFor(goal: Goal): Shown {
  return (loss) => {
    if (loss === Infinity) return 'not finite';
    return formatNumber(goal === 'minimize' ? loss : 0 - loss);
  };
}
