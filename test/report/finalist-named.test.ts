import { expect, test } from 'vitest';
import type { FinalRun } from '../../src/record/final-runs.ts';
import { finalistNamed } from '../../src/report/finalist-named.ts';

const arms: Readonly<Record<number, Readonly<Record<string, string | number | boolean>>>> = {
  1: { 'model.name': 'cfgan', 'model.loss': 'wgan', 'model.orientation': 'item' },
  2: { 'model.name': 'cfgan', 'model.loss': 'wgan', 'model.orientation': 'user' },
  3: { 'model.name': 'ease', 'data.name': 'a,b', 'model.rate': 0.001 },
  4: { 'model.name': 'lost' },
};
const runs = Object.keys(arms).map((trial): FinalRun => {
  const metrics: FinalRun['metrics'] = trial === '4' ? {} : { 'test.value': 1 };
  return { trial: Number(trial), replicate: 0, seed: 1, run: null, metrics, reason: null };
});
const named = (typed: string) => finalistNamed(typed, runs, 'test.value', (trial) => arms[trial] ?? {});

test.each([
  ['2', 2],
  [' trial 2', 2],
  ['Trial 2', 2],
  ['model.orientation=item', 1],
  ['loss=wgan, orientation=user', 2],
  ['data.name=a,b,model.name=ease', 3],
  ['rate=1e-3', 3],
  ['a,b', 3],
  ['item', 1],
])('%s', (typed, trial) => {
  expect(named(typed)).toBe(trial);
});

test.each([
  [
    'model.loss=wgan',
    'model.loss=wgan may be any of name=cfgan loss=wgan orientation=item (trial 1), name=cfgan loss=wgan orientation=user (trial 2)',
  ],
  ['name=ease', 'name may be any of model.name, data.name'],
  ['losss=wgan', 'the arms have no param losss'],
  ['model.loss=', 'no final runs are of model.loss='],
  ['12', 'no final runs are of 12'],
  ['', 'is no trial, and no value of an arm'],
  ['cfgan', 'cfgan may be any of name=cfgan'],
  ['loss', 'loss is no trial, and no value of an arm'],
  ['4', 'no final run of name=lost (trial 4) has a value of test.value'],
])('%j: %s', (typed, message) => {
  expect(() => named(typed)).toThrow(message);
});
