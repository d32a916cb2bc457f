/** What samplers, pruners and a replay are shown of a study. */
import { describe, expect, test } from 'vitest';
import { replayStudy } from '../../src/sweep/replay-study.ts';
import { replicateNoise, shifted } from '../../src/sweep/replicate-noise.ts';
import { othersCurves, seenTrials } from '../../src/sweep/seen.ts';
import { phaseOf } from '../../src/sweep/study-state.ts';
import { asked, phase, prunedAt, reported, specOf, stateOf, told } from './study-fixture.ts';

const numbers = (trials: readonly { readonly number: number }[]) => trials.map(({ number }) => number);

describe('what samplers and pruners are shown', () => {
  const curves = [reported(0, 1, 5), reported(1, 1, 4), reported(2, 1, 3)];
  const state = (more = {}) =>
    stateOf(phase(0, 0), asked(0), asked(1), ...curves, prunedAt(0, 1, 5), told(1, [4]), phase(1, 2, more), asked(2));

  test('curves of what the pruner reads, and what pruned trials came to', () => {
    const [before] = seenTrials(specOf(), state(), phaseOf(state()));
    expect(before).toMatchObject({ state: 'pruned', losses: [5], step: 1 });
    const others = othersCurves(specOf(), state(), phaseOf(state()), { number: 2, arm: '{}' }, 0);
    expect(numbers(others)).toEqual([0, 1]);
  });

  test('none of another series, which the pruner of an earlier phase read', () => {
    const other = state({ comparable: 2 });
    expect(seenTrials(specOf(), other, phaseOf(other)).slice(0, 2)).toEqual([
      { number: 0, point: { x: 0 }, state: 'pruned' },
      { number: 1, point: { x: 1 }, state: 'complete', losses: [-4] },
    ]);
    expect(othersCurves(specOf(), other, phaseOf(other), { number: 2, arm: '{}' }, 0)).toEqual([]);
  });

  test('noise is pooled over points that have two replicates that far; a curve is moved by it', () => {
    const curve = (...values: number[]) => values.map((value, at) => ({ step: at + 1, value }));
    const two = [curve(1, 1), curve(3, 3)];
    expect(replicateNoise([two, [curve(5, 5)]], 2)).toBeUndefined();
    expect(replicateNoise([two, [curve(5, 5), curve(5, 5)]], 2)).toBeCloseTo(1);
    expect(replicateNoise([two, [curve(5), curve(6)]], 2)).toBeUndefined();
    expect(shifted(curve(3, 2), 1)).toEqual(curve(2, 1));
  });
});

test('replay knows a trial as it had been told then, though it was opened again', async () => {
  const spec = specOf({
    sampler: { ...{ type: 'tpe', seed: 1, startupTrials: 1, candidates: 24 }, multivariate: true, constantLiar: true },
  });
  const parameters = Object.fromEntries(spec.space.map(({ name, ...rest }) => [name, rest]));
  const begun = { ...phase(0, 0), spec: { sampler: spec.sampler, parameters } as never } as ReturnType<typeof phase>;
  const scores = [3, 9, 1, 7, 5, 8];
  const trials = scores.flatMap((score, trial) => [
    asked(trial, { x: 10 * trial }, 1),
    told(trial, trial === 1 ? [] : [score], 2),
  ]);
  const next = { ...asked(6, { x: 0 }, 3), seen: { told: '0-5', running: '' } };
  const [derived] = (await replayStudy(spec, stateOf(begun, ...trials, next))).slice(-1);
  const reopened = [{ type: 'trial-reopened', at: 4, study: 's', trial: 1 } as const, told(1, [9], 5)];
  const [again] = (await replayStudy(spec, stateOf(begun, ...trials, next, ...reopened))).slice(-1);
  expect(again).toEqual(derived);
  expect(derived?.derived).toBeDefined();
});
