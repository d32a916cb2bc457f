/** How far a point's curve moves with its seed: a difference within that is no reason to end a trial. */
import { standardDeviationOf } from '../statistics/moments.ts';
import type { Curve } from './pruner.ts';

/**
 * Standard deviation over replicates of what was last reported up to `step`, pooled over points.
 *
 * @param points of each point the curves of its replicates.
 * @returns undefined where fewer than two points have two replicates that far.
 */
export function replicateNoise(points: readonly (readonly Curve[])[], step: number): number | undefined {
  const spreads = points.flatMap((curves) => {
    const values = curves.flatMap((curve) => valueAt(curve, step) ?? []);
    return values.length < 2 ? [] : [{ deviation: standardDeviationOf(values), freedom: values.length - 1 }];
  });
  if (spreads.length < 2) return undefined;
  const squares = spreads.reduce((sum, { deviation, freedom }) => sum + deviation ** 2 * freedom, 0);
  return Math.sqrt(squares / spreads.reduce((sum, { freedom }) => sum + freedom, 0));
}

/** The curve, better by so much at every step. */
export function shifted(curve: Curve, by: number): Curve {
  return curve.map(({ step, value }) => ({ step, value: value - by }));
}

/** Undefined for a curve that does not reach the step, or is no number there. */
function valueAt(curve: Curve, step: number): number | undefined {
  if ((curve.at(-1)?.step ?? Number.NEGATIVE_INFINITY) < step) return undefined;
  const value = curve.findLast((point) => point.step <= step)?.value;
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}
