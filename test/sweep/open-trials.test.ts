/** Which trials of a study are next, and when it has searched enough. */
import { describe, expect, test } from 'vitest';
import { isSpent } from '../../src/sweep/budget.ts';
import { openNumbers, trialsInBudget } from '../../src/sweep/open-numbers.ts';
import type { Dimension } from '../../src/sweep/search-space.ts';
import { onlyPhase, phaseOf, type StudyState } from '../../src/sweep/study-state.ts';
import { asked, phase, specOf, stateOf, told } from './study-fixture.ts';

describe('which trials are open', () => {
  const open = (state: StudyState, trials: number, more = {}) => [
    ...openNumbers(specOf({ budget: { trials, ...more } }), state, phaseOf(state)),
  ];

  test('those asked and not told first, then new ones up to the budget', () => {
    expect(open(stateOf(asked(0), asked(1), told(1, [1])), 4)).toEqual([0, 2, 3]);
  });

  test('of an earlier phase those that fit; they are in the budget', () => {
    const state = stateOf(phase(0, 0), asked(0), told(0, [1]), asked(1), asked(2, { x: 100 }), phase(1, 3));
    expect(open(state, 3)).toEqual([1, 3]);
  });

  test('of a grid as many as it has points that were not drawn before, however often those were', () => {
    const state = stateOf(
      phase(0, 0),
      ...[0, 1, 2].flatMap((trial) => [asked(trial, { x: 5 }), told(trial, [1])]),
      phase(1, 3),
    );
    const grid = specOf({ budget: { trials: 3 }, sampler: { type: 'grid' } });
    expect([...openNumbers(grid, state, phaseOf(state))]).toEqual([3, 4]);
  });

  describe('with arms', () => {
    const spec = (more = {}) =>
      specOf({
        space: [
          { name: 'arm', distribution: { kind: 'categorical', values: ['searched', 'fixed'] }, when: {} },
          { ...(specOf().space[0] as Dimension), when: { arm: ['searched'] } },
        ],
        ...{ stratify: ['arm'], budget: { trials: 6 }, ...more },
      });
    const searched = (x: number) => ({ arm: 'searched', x });
    const numbers = (state: StudyState, more = {}) => [...openNumbers(spec(more), state, phaseOf(state))];

    test('an arm of one point has one trial, and the others as many as ever', () => {
      expect(numbers(stateOf())).toEqual([0, 1, 2, 4]);
      expect(numbers(stateOf(asked(1, { arm: 'fixed' }), told(1, [1])))).toEqual([0, 2, 4]);
      expect(trialsInBudget(spec(), stateOf(), onlyPhase)).toBe(4);
      expect(numbers(stateOf(), { stratify: [] })).toEqual([0, 1, 2, 3, 4, 5]);
    });

    test('and none where an earlier phase has run it; its share of the budget is spent', () => {
      const events = [
        ...[phase(0, 0), asked(0, searched(1)), told(0, [1]), asked(1, { arm: 'fixed' }), told(1, [1])],
        phase(1, 2),
      ];
      const state = stateOf(...events);
      expect(numbers(state)).toEqual([2]);
      expect(numbers(state, { budget: { trials: 10 } })).toEqual([2, 4]);
      expect(trialsInBudget(spec({ budget: { trials: 10 } }), state, phaseOf(state))).toBe(4);
    });
  });

  test('once the patience is spent, only those that were asked', () => {
    const state = stateOf(...[3, 2, 1].flatMap((value, trial) => [asked(trial), told(trial, [value])]), asked(3));
    expect(open(state, 9, { patience: 2 })).toEqual([3]);
  });
});

describe('patience', () => {
  const spent = (values: readonly (readonly number[] | number)[], patience = 2) => {
    const events = values.flatMap((value, trial) => {
      const word = told(trial, [1]);
      return [asked(trial), typeof value === 'number' ? told(trial, [value]) : { ...word, replicates: [value] }];
    });
    const several = specOf({
      metrics: [
        { name: 'a', goal: 'maximize' },
        { name: 'b', goal: 'minimize' },
      ],
    });
    const spec = Array.isArray(values[0]) ? several : specOf();
    return isSpent({ ...spec, budget: { trials: 99, patience } }, stateOf(...events), onlyPhase);
  };

  test('counts finished trials since the last that was better; an equal one is none', () => {
    expect(spent([1, 3, 2])).toBe(false);
    expect(spent([1, 3, 2, 3])).toBe(true);
    expect(spent([1, 3, 2, 4])).toBe(false);
  });

  test('a front that grows is better', () => {
    expect(
      spent([
        [1, 1],
        [0, 0],
        [2, 2],
      ]),
    ).toBe(false);
    expect(
      spent([
        [1, 1],
        [0, 1],
        [1, 2],
      ]),
    ).toBe(true);
  });

  test('is never spent before anything was found', () => {
    const failed = [0, 1, 2, 3].flatMap((trial) => [asked(trial), told(trial)]);
    expect(isSpent(specOf({ budget: { trials: 9, patience: 2 } }), stateOf(...failed), onlyPhase)).toBe(false);
  });
});
