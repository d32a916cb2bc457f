/** Arms: each combination of some parameters' values is a search by itself. */
import { describe, expect, test } from 'vitest';
import { armOf, armsOf, emptyArms, spaceOfArm, stratified } from '../../src/sweep/arms.ts';
import { constrained, constrainedGrid, constraint, UnknownName } from '../../src/sweep/constraints.ts';
import { fromRanges, toRanges } from '../../src/sweep/number-ranges.ts';
import { openNumbers } from '../../src/sweep/open-numbers.ts';
import type { SeenTrial } from '../../src/sweep/sampler.ts';
import { randomSampler } from '../../src/sweep/samplers/random.ts';
import { pointKey, type SearchSpace } from '../../src/sweep/search-space.ts';
import { onlyPhase } from '../../src/sweep/study-state.ts';
import { specOf, stateOf } from './study-fixture.ts';
import { reading } from './sweep-files.ts';

const space: SearchSpace = [
  { name: 'loss', distribution: { kind: 'categorical', values: ['gan', 'wgan'] }, when: {} },
  { name: 'clip', distribution: { kind: 'categorical', values: [1, 2] }, when: { loss: ['wgan'] } },
  { name: 'x', distribution: { kind: 'float', low: 0, high: 1, log: false }, when: {} },
  { name: 'y', distribution: { kind: 'float', low: 0, high: 1, log: false }, when: { clip: [2] } },
];

describe('arms', () => {
  const definition = { space, stratify: ['loss', 'clip'] };

  test('are the combinations that there are', () => {
    expect(armsOf(definition)).toEqual([{ loss: 'gan' }, { loss: 'wgan', clip: 1 }, { loss: 'wgan', clip: 2 }]);
    expect(armsOf({ space, stratify: [] })).toEqual([{}]);
    expect(armOf(definition, { loss: 'gan', x: 0.5 })).toEqual({ loss: 'gan' });
  });

  test('search what is there in them', () => {
    const names = armsOf(definition).map((arm) => spaceOfArm(space, arm).map(({ name }) => name));
    expect(names).toEqual([
      ['loss', 'x'],
      ['loss', 'clip', 'x'],
      ['loss', 'clip', 'x', 'y'],
    ]);
  });

  test('get as many trials each, and are shown their own alone, numbered from 0', () => {
    const shown: string[][] = [];
    const arms = armsOf(definition);
    const samplers = arms.map((arm) => ({
      suggest: (trial: number, seen: readonly SeenTrial[]) => {
        shown.push([String(trial), ...seen.map(({ number }) => String(number))]);
        return arm;
      },
    }));
    const sampler = stratified(definition, arms, samplers);
    const seen: SeenTrial[] = [];
    for (let number = 0; number < 7; number++)
      seen.push({ number, state: 'running', point: { ...sampler.suggest(number, seen) } });
    expect(seen.map(({ point }) => pointKey(point))).toEqual(
      [0, 1, 2, 0, 1, 2, 0].map((at) => pointKey(arms[at] ?? {})),
    );
    expect(shown).toEqual([['0'], ['0'], ['0'], ['1', '0'], ['1', '0'], ['1', '0'], ['2', '0', '1']]);
  });
});

describe('an arm of which no point meets the constraints', () => {
  const constraints = [constraint('loss != "gan" and clip < x + 2', ['loss', 'clip', 'x'], {})];
  const definition = specOf({ space, stratify: ['loss', 'clip'], constraints, budget: { trials: 9 } });

  test('has no numbers, and the others keep theirs', () => {
    expect([...emptyArms(definition)]).toEqual([0]);
    expect([...openNumbers(definition, stateOf(), onlyPhase)]).toEqual([1, 2, 4, 5, 7, 8]);
    expect([...emptyArms(specOf({ space, stratify: ['loss'] }))]).toEqual([]);
  });

  test('is told when the file is read', async () => {
    const text = `version: 1
metric: { name: validate.ndcg@10, goal: maximize }
parameters: { model.loss: { values: [vanilla, wgan] }, model.rate: { min: 0.1, max: 0.9 } }
stratify: [model.loss]
sampler: { type: random }
constraints: ['model.loss != "wgan"']
`;
    expect((await reading(text)).warnings.map(({ message, place }) => [message, place?.line])).toEqual([
      ['constraints: none of the points with model.loss=wgan meets them: this arm has no trials', 6],
    ]);
  });
});

describe('constraints', () => {
  const of = (text: string) => constraint(text, ['x', 'n', 'loss', 'on'], { 'model.hidden': 4 });

  test.each([
    ['x * 2 <= model.hidden', { x: 2 }, true],
    ['x * 2 <= model.hidden', { x: 2.5 }, false],
    ['loss == "wgan" or n < 3', { loss: 'gan', n: 3 }, false],
    ['on == true', { on: true }, true],
    ['not (on == false) or x > 1', { on: false, x: 1 }, false],
    ["'x' > 1", { x: 2 }, true],
    ['n > 1', {}, true], // what is not there meets everything
  ])('%s of %j is %s', (text, point, holds) => {
    expect(of(text).holds(point)).toBe(holds);
  });

  test.each(['x >= 0 or nope > 3', 'loss == "nope" or nope', 'if x == 0 then 1 else nope'])(
    'every name is known, wherever it stands: %s',
    (text) => {
      expect(() => of(text)).toThrow(new UnknownName('nope'));
    },
  );

  test('names are those of params, not words in texts, of functions or of the grammar', () => {
    expect(of('loss == "wide or narrow" and max(x, n) mod 2 == 0 or not on').names).toEqual(['loss', 'x', 'n', 'on']);
  });

  test('are kept to whatever the sampler says; undefined where no point meets them', () => {
    const line: SearchSpace = [{ name: 'x', distribution: { kind: 'float', low: 0, high: 1, log: false }, when: {} }];
    const within = (text: string) =>
      constrained(line, [constraint(text, ['x'], {})], 1, [{ suggest: () => ({ x: 0.9 }) }, randomSampler(line, 2)]);
    expect(within('x > 0.5').suggest(0, [])).toEqual({ x: 0.9 });
    const points = Array.from({ length: 20 }, (_, trial) => Number(within('x < 0.01').suggest(trial, [])?.x));
    for (const x of points) expect(x).toBeLessThan(0.01);
    expect(new Set(points).size).toBe(20);
    expect(within('x > 2').suggest(0, [])).toBeUndefined();
  });

  test('a grid leaves out what does not meet them, and what is done', () => {
    const three: SearchSpace = [{ name: 'x', distribution: { kind: 'categorical', values: [1, 2, 3, 4] }, when: {} }];
    const grid = constrainedGrid(three, [constraint('x != 2', ['x'], {})], new Set([pointKey({ x: 3 })]));
    expect([0, 1, 2].map((trial) => grid.suggest(trial, []))).toEqual([{ x: 1 }, { x: 4 }, undefined]);
  });
});

test.each([
  [[], ''],
  [[0], '0'],
  [[0, 1, 2, 4, 7, 8], '0-2,4,7-8'],
  [[10, 12], '10,12'],
])('numbers %j as ranges %j, and back', (numbers, text) => {
  expect(toRanges(numbers)).toBe(text);
  expect(fromRanges(text)).toEqual(numbers);
});
