import { expect, test } from 'vitest';
import { pText, verdict } from '../../src/logging/verdict.ts';
import { comparedWithBest, type ReplicatedTrial } from '../../src/statistics/compared-with-best.ts';
import { trialOf, withUnits } from '../statistics/replicates.ts';

const says = (...trials: readonly ReplicatedTrial[]) => verdict(comparedWithBest(trials, 'maximize'));
const a = trialOf(7, 0.212, 0.225, 0.208, 0.231, 0.219);
const b = trialOf(3, 0.205, 0.214, 0.209, 0.22, 0.206);

test('better: by how much, and how sure', () => {
  expect(says(a, b)).toBe('trial 7 is better than trial 3 by 0.008200 [0.001264, 0.01514] (p = .030)');
  expect(says(a, b, trialOf(4, 0.1, 0.12, 0.11, 0.1, 0.11))).toBe(
    'trial 7 is better than trial 3 by 0.008200 [0.001264, 0.01514] (p = .030 after Holm over 2 comparisons)',
  );
});

test('not distinguishable: and what it would take', () => {
  const near = trialOf(3, 0.21, 0.23, 0.2, 0.235, 0.21);
  expect(says(a, near)).toBe(
    'trial 7 is not distinguishable from trial 3: a lead of 0.002000 [-0.006095, 0.01009] (p = .530); about 81 more seeds needed',
  );
  const equal = withUnits(8, [1, 2], [2, 1], [1, 2]);
  expect(says({ ...equal, number: 7 }, equal)).toBe(
    'trial 7 is not distinguishable from trial 8: a lead of 0 [0, 0] (p = 1); how many seeds would tell them apart cannot be said',
  );
});

test('what is the same under every seed and has no units is no matter of chance: no test', () => {
  expect(says(trialOf(0, 0.3, 0.3, 0.3, 0.3, 0.3), trialOf(1, 0.2, 0.2, 0.2, 0.2, 0.2))).toBe(
    'trial 0 leads trial 1 by 0.1000 in each of 5 replicates: where nothing varies, and there are no units, there is no test',
  );
});

test('too few replicates to test', () => {
  const first = (count: number) => [a, b].map(({ number, values }) => trialOf(number, ...values.slice(0, count)));
  expect(says(...first(2))).toBe(
    'trial 7 leads trial 3 by 0.009000 over 2 replicates, too few to tell it from chance; about 3 more seeds needed',
  );
  expect(says(...first(1))).toBe(
    'trial 7 leads trial 3 by 0.007000, one run each: chance alone may decide between them; add seeds',
  );
  expect(says(a)).toBe('trial 7 is the only one with a value');
});

test('one run each that kept its units tells of these two runs alone', () => {
  expect(says(withUnits(0, [1, 2, 3, 4]), withUnits(1, [0, 0, 1, 1]))).toBe(
    'trial 0 leads trial 1 by 2, one run each: chance alone may decide between them; add seeds (over the 4 units of these two runs alone: 2 [1.250, 2.750], p = .125)',
  );
});

test('where seeds agree and users do not, more seeds are not what is needed', () => {
  const rows = [0, 0.001, -0.001].map((luck) => [9, -8, 3, 0].map((score) => score + luck));
  const none = withUnits(1, ...rows.map((row) => row.map(() => 0)));
  expect(says(withUnits(0, ...rows), none)).toMatch(
    /; more seeds alone would not tell them apart: 4 units are too few$/,
  );
});

test('worse than one with fewer replicates', () => {
  const few = trialOf(1, ...[0, 1, 2, 3, 4].map((at) => at + 10));
  const many = trialOf(0, ...[0, 1, 2, 3, 4, 5].map((at) => at + 0.01 * at));
  expect(says(few, many)).toMatch(/^trial 0 is worse than trial 1 in the replicates that both have: -9.980/);
});

test.each([
  [0.0301, 'p = .030'],
  [0.5, 'p = .500'],
  [0.99949, 'p = .999'],
  [0.9999, 'p = 1'],
  [0.001, 'p = .001'],
  [0.00099, 'p < .001'],
  [0, 'p < .001'],
])('%d is written %s', (p, text) => {
  expect(pText(p)).toBe(text);
});
