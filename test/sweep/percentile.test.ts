import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CurveOf, type PrunerSpec, prunerOf } from '../../src/sweep/pruner.ts';
import { alignedCurves, curveOf, fieldsOf, flat } from './curves.ts';

const always = { startupTrials: 0, warmupSteps: 0, minTrials: 1 };

describe('median and percentile', () => {
  const field = (value: number, steps = 5) => [flat(9, value, steps, 'running'), others] as const;
  const others = [1, 2, 3, 4].map((value, number) => flat(number, value, 10));
  const median: PrunerSpec = { type: 'median', startupTrials: 4, warmupSteps: 2, minTrials: 2 };

  test('worse than the median of the complete ones ends; equal goes on', async () => {
    const pruner = await prunerOf(median);
    expect(pruner.shouldPrune(...field(2.6))).toBe(
      'at step 5 its best so far, 2.600, was worse than the median of 4 complete trials, 2.500',
    );
    expect(pruner.shouldPrune(...field(2.5))).toBeUndefined();
  });

  test('none ends in the warm-up, before enough are complete, or where too few got as far', async () => {
    const pruner = await prunerOf(median);
    expect([1, 2, 3].map((steps) => pruner.shouldPrune(...field(9, steps)) !== undefined)).toEqual([
      false,
      false,
      true,
    ]);
    expect(pruner.shouldPrune(flat(9, 9, 5, 'running'), others.slice(1))).toBeUndefined();
    const short = [flat(0, 1, 4), flat(1, 1, 4), flat(2, 1, 4), flat(3, 1, 5)];
    expect(pruner.shouldPrune(flat(9, 9, 5, 'running'), short)).toBeUndefined();
    const running = others.map((other) => ({ ...other, state: 'running' as const }));
    expect(pruner.shouldPrune(flat(9, 9, 5, 'running'), running)).toBeUndefined();
  });

  test('the best so far counts, not the last value', async () => {
    const pruner = await prunerOf({ type: 'median', ...always });
    const trial = (...values: number[]): CurveOf => ({ number: 9, state: 'running', curve: curveOf(...values) });
    expect(pruner.shouldPrune(trial(9, 2, 9), others)).toBeUndefined();
    const late = [0, 1, 2].map((number) => ({ number, state: 'complete' as const, curve: curveOf(5, 5, 5, 0) }));
    expect(pruner.shouldPrune(trial(6, 5, 9), late)).toBeUndefined(); // what they reached later is not held against it
  });

  test('a metric to be maximized is told in its own sign', async () => {
    const pruner = await prunerOf({ type: 'percentile', percentile: 25, ...always }, 'maximize');
    const better = [-0.3, -0.4].map((value, number) => flat(number, value, 3));
    expect(pruner.shouldPrune(flat(9, -0.125, 3, 'running'), better)).toBe(
      'at step 3 its best so far, 0.1250, was worse than percentile 25 of 2 complete trials, 0.3750',
    );
  });

  test('nothing finite so far ends; among the others it is the worst', async () => {
    const pruner = await prunerOf({ type: 'median', ...always });
    expect(pruner.shouldPrune(flat(9, NaN, 4, 'running'), others)).toBe('up to step 4 it reported no finite value');
    const broken = [flat(0, 1, 9), flat(1, NaN, 9), flat(2, -Infinity, 9)];
    expect(pruner.shouldPrune(flat(9, 1e9, 4, 'running'), broken)).toBeUndefined();
  });

  test('equals counting: it ends when the share of those at least as good is above the percentile', async () => {
    const percentile = 30;
    const pruner = await prunerOf({ type: 'percentile', percentile, ...always });
    const property = fc.property(fieldsOf(alignedCurves), ({ trial, others }) => {
      const step = trial.curve.length;
      const best = ({ curve }: CurveOf) => Math.min(...curve.slice(0, step).map(({ value }) => value));
      const bests = others
        .filter(({ state, curve }) => state === 'complete' && curve.length >= step)
        .map(best)
        .sort((a, b) => a - b);
      const at = (percentile / 100) * (bests.length - 1);
      const below = bests[Math.floor(at)] ?? Infinity;
      const above = bests[Math.ceil(at)] ?? Infinity;
      const ended = pruner.shouldPrune(trial, others) !== undefined;
      if (best(trial) <= below) expect(ended).toBe(false);
      if (best(trial) > above) expect(ended).toBe(true);
    });
    fc.assert(property);
  });
});
