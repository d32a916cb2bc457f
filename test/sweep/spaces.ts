/** Random search spaces for property tests. */
import fc from 'fast-check';
import type { Dimension, Distribution, SearchSpace } from '../../src/sweep/search-space.ts';

const categorical: fc.Arbitrary<Distribution> = fc
  .uniqueArray(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom('a', 'b', null, true, 'é"')), {
    minLength: 1,
    maxLength: 4,
  })
  .map((values) => ({ kind: 'categorical', values }));

const steppedInt: fc.Arbitrary<Distribution> = fc
  .record({
    low: fc.integer({ min: -20, max: 20 }),
    span: fc.integer({ min: 1, max: 9 }),
    step: fc.constantFrom(1, 2, 3),
  })
  .map(({ low, span, step }) => ({ kind: 'int', low, high: low + span, log: false, step }));

const steppedFloat: fc.Arbitrary<Distribution> = fc
  .record({
    low: fc.constantFrom(-0.3, 0, 0.1, 1e-3),
    steps: fc.integer({ min: 1, max: 5 }),
    step: fc.constantFrom(0.1, 0.05, 1e-4),
  })
  .map(({ low, steps, step }) => ({
    kind: 'float',
    low,
    high: Number((low + steps * step).toFixed(4)),
    log: false,
    step,
  }));

const range: fc.Arbitrary<Distribution> = fc
  .record({
    ...{
      low: fc.double({ min: 1e-8, max: 10, noNaN: true }),
      factor: fc.double({ min: 1.001, max: 1e6, noNaN: true }),
    },
    log: fc.boolean(),
  })
  .map(({ low, factor, log }) => ({ kind: 'float', low, high: low * factor, log }));

const logInt: fc.Arbitrary<Distribution> = fc
  .record({ low: fc.integer({ min: 1, max: 50 }), span: fc.integer({ min: 1, max: 2000 }) })
  .map(({ low, span }) => ({ kind: 'int', low, high: low + span, log: true, step: 1 }));

const logSteps: fc.Arbitrary<Distribution> = fc
  .record({
    first: fc.integer({ min: 1, max: 9 }),
    span: fc.integer({ min: 1, max: 200 }),
    step: fc.constantFrom(0.01, 8),
  })
  .map(({ first, span, step }) => {
    const [low, high] = [first, first + span].map((at) => Number((at * step).toFixed(2))) as [number, number];
    return step === 8 ? { kind: 'int', low, high, log: true, step } : { kind: 'float', low, high, log: true, step };
  });

/** Some dimensions hang on the values of a categorical one before them. */
function spaceOf(distribution: fc.Arbitrary<Distribution>): fc.Arbitrary<SearchSpace> {
  const part = fc.record({ distribution, conditional: fc.boolean(), pick: fc.nat() });
  return fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => {
    const space: Dimension[] = [];
    for (const [at, { distribution, conditional, pick }] of parts.entries()) {
      const parents = space.filter((dimension) => dimension.distribution.kind === 'categorical');
      const parent = parents[pick % Math.max(1, parents.length)];
      const values = parent?.distribution.kind === 'categorical' ? parent.distribution.values : [];
      const when = conditional && parent !== undefined ? { [parent.name]: values.slice(0, 1 + (pick % 2)) } : {};
      space.push({ name: `model.p${at}`, distribution, when });
    }
    return space;
  });
}

export const finiteSpaces = spaceOf(fc.oneof(categorical, categorical, steppedInt, steppedFloat));
export const anySpaces = spaceOf(fc.oneof(categorical, categorical, steppedInt, steppedFloat, range, logInt, logSteps));
