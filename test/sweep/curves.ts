/** Random trials for the tests of pruners. */
import fc from 'fast-check';
import type { Curve, CurveOf } from '../../src/sweep/pruner.ts';

/** Few different values, so that many are equal; some are not finite. */
export const losses = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -6, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
);

/** Steps rise by 1 to 3: trials report at different ones. */
export const curves: fc.Arbitrary<Curve> = curvesOf(fc.integer({ min: 1, max: 3 }), losses);

/** All report at 1, 2, 3 …; all values are finite. */
export const alignedCurves: fc.Arbitrary<Curve> = curvesOf(fc.constant(1), fc.integer({ min: -6, max: 6 }));

function curvesOf(gap: fc.Arbitrary<number>, value: fc.Arbitrary<number>): fc.Arbitrary<Curve> {
  return fc.array(fc.record({ gap, value }), { minLength: 1, maxLength: 20 }).map((reports) => {
    let step = 0;
    return reports.map(({ gap, value }) => {
      step += gap;
      return { step, value };
    });
  });
}

export interface Field {
  readonly trial: CurveOf;
  readonly others: readonly CurveOf[];
}

/** A running trial and up to 24 others in every state. */
export function fieldsOf(curve: fc.Arbitrary<Curve>): fc.Arbitrary<Field> {
  const state = fc.constantFrom<CurveOf['state']>('complete', 'complete', 'running', 'pruned', 'failed');
  const other = fc.record({ state, curve });
  return fc.record({ number: fc.nat(24), own: curve, rest: fc.array(other, { maxLength: 24 }) }).map((drawn) => {
    const others = drawn.rest.map((each, at) => ({ number: at < drawn.number ? at : at + 1, ...each }));
    return { trial: { number: drawn.number, state: 'running', curve: drawn.own }, others };
  });
}

/** As long as told, the same value throughout. */
export function flat(number: number, value: number, steps: number, state: CurveOf['state'] = 'complete'): CurveOf {
  return { number, state, curve: Array.from({ length: steps }, (_, at) => ({ step: at + 1, value })) };
}

export function curveOf(...values: readonly number[]): Curve {
  return values.map((value, at) => ({ step: at + 1, value }));
}
