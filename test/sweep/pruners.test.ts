/** What every pruner must hold to; what each promises beyond that is beside this file. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CurveOf, type PrunerSpec, prunerOf } from '../../src/sweep/pruner.ts';
import { alignedCurves, curves, fieldsOf } from './curves.ts';

const halving = { minStep: 2, maxStep: 18, reduction: 3 };
const always = { startupTrials: 0, warmupSteps: 0, minTrials: 1 };
const rivalry: readonly PrunerSpec[] = [
  { type: 'median', ...always },
  { type: 'percentile', percentile: 25, startupTrials: 2, warmupSteps: 3, minTrials: 2 },
  { type: 'percentile', percentile: 0, ...always },
  { type: 'asha', ...halving },
  { type: 'asha', minStep: 1, maxStep: 100, reduction: 2.5 },
  { type: 'hyperband', ...halving },
];
const alone: readonly PrunerSpec[] = [
  { type: 'patience', patience: 3, minDelta: 0.5 },
  { type: 'threshold', lower: -4, upper: 4, warmupSteps: 2 },
];

describe.each([...rivalry, ...alone])('contract: $type', (spec) => {
  test('says the same for the same curves, in whatever order the others come, and changes nothing', async () => {
    const pruner = await prunerOf(spec);
    const shuffled = fieldsOf(curves).chain((field) =>
      fc.tuple(
        fc.constant(field),
        fc.shuffledSubarray([...field.others], { minLength: field.others.length, maxLength: field.others.length }),
      ),
    );
    const property = fc.property(shuffled, ([{ trial, others }, reordered]) => {
      const kept = structuredClone({ trial, others });
      const reason = pruner.shouldPrune(trial, others);
      expect(pruner.shouldPrune(trial, reordered)).toBe(reason);
      expect({ trial, others }).toEqual(kept);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('a reason is one line with the step and a number of the curve', async () => {
    const pruner = await prunerOf(spec);
    let pruned = 0;
    const property = fc.property(fieldsOf(curves), ({ trial, others }) => {
      const reason = pruner.shouldPrune(trial, others);
      if (reason === undefined) return;
      pruned++;
      expect(reason).toMatch(/^[^\n]+$/);
      expect(reason).toMatch(new RegExp(`\\bstep ${trial.curve.at(-1)?.step}\\b`));
      expect(reason).not.toMatch(/undefined|\[object/);
    });
    fc.assert(property, { numRuns: 500, seed: 1 });
    expect(pruned).toBeGreaterThan(10);
  });
});

describe.each(rivalry)('contract: $type', (spec) => {
  test('a trial that is as good as any other at each step goes on', async () => {
    const pruner = await prunerOf(spec);
    const property = fc.property(fieldsOf(alignedCurves), ({ trial, others }) => {
      const best = trial.curve.map(({ step }) => ({ step, value: lowestAt(step, [trial, ...others]) }));
      expect(pruner.shouldPrune({ ...trial, curve: best }, others)).toBeUndefined();
    });
    fc.assert(property, { numRuns: 300 });
  });
});

function lowestAt(step: number, trials: readonly CurveOf[]): number {
  return Math.min(...trials.flatMap(({ curve }) => curve.filter((point) => point.step === step)).map((p) => p.value));
}
