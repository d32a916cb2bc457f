import { describe, expect, test } from 'vitest';
import { prunerOf } from '../../src/sweep/pruner.ts';
import { curveOf, flat } from './curves.ts';

describe('patience', () => {
  const ends = async (patience: number, minDelta: number, ...values: number[]) =>
    (await prunerOf({ type: 'patience', patience, minDelta })).shouldPrune(
      { number: 0, state: 'running', curve: curveOf(...values) },
      [],
    );

  test('ends when the last reports brought nothing better', async () => {
    expect(await ends(3, 0, 5, 2, 3, 2, 3)).toBe(
      'up to step 5 it got no better in its last 3 reports: its best before was 2, since step 2',
    );
    expect(await ends(3, 0, 5, 2, 3, 2)).toBeUndefined();
    expect(await ends(3, 0, 5, 2, 3, 2, 1.9)).toBeUndefined();
    expect(await ends(1, 0, 5)).toBeUndefined();
    expect(await ends(1, 0, 5, 5)).toMatch('in its last report');
  });

  test('better by less than minDelta is not better; small steps add up', async () => {
    expect(await ends(2, 0.25, 5, 4.9, 4.8)).toMatch('better by more than 0.2500');
    expect(await ends(3, 0.25, 5, 4.9, 4.8, 4.7)).toBeUndefined();
  });

  test('what is not finite is no gain, and the first finite value after it is one', async () => {
    expect(await ends(2, 0, NaN, NaN, -Infinity)).toMatch('its best before was not finite');
    expect(await ends(2, 0, NaN, NaN, 7)).toBeUndefined();
    expect(await ends(2, 0, 1, NaN, NaN)).toMatch('its best before was 1, since step 1');
  });
});

describe('threshold', () => {
  const says = async (value: number, steps = 3, goal: 'minimize' | 'maximize' = 'minimize') =>
    (await prunerOf({ type: 'threshold', lower: 0, upper: 10, warmupSteps: 2 }, goal)).shouldPrune(
      flat(0, value, steps, 'running'),
      [],
    );

  test('ends outside of the bounds, and where the value is none', async () => {
    expect(await says(10.5)).toBe('at step 3 it reported 10.50, worse than the 10 allowed');
    expect(await says(-1)).toBe('at step 3 it reported -1, better than the 0 allowed');
    expect(await says(NaN)).toBe('at step 3 it reported NaN');
    expect(await says(-Infinity)).toBe('at step 3 it reported -Infinity');
    expect([await says(0), await says(10), await says(99, 2)]).toEqual([undefined, undefined, undefined]);
  });

  test('the bounds are those of the metric, also where more is better', async () => {
    expect(await says(11, 3, 'maximize')).toBe('at step 3 it reported -11, worse than the 0 allowed');
    expect(await says(-11, 3, 'maximize')).toBe('at step 3 it reported 11, better than the 10 allowed');
    expect(await says(-5, 3, 'maximize')).toBeUndefined();
  });
});
