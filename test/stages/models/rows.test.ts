import { expect, test } from 'vitest';
import { interactionsOf } from '../../../stages/datasets/interactions.ts';
import { binary, shuffledBatches, transpose } from '../../../stages/models/rows.ts';
import { stream } from '../../../stages/random-stream.ts';

const entries = [
  { user: 0, item: 2, value: 0.5 },
  { user: 1, item: 0, value: 1 },
  { user: 1, item: 2, value: 0.25 },
];
const train = interactionsOf(entries, { users: 3, items: 4 });

test('transposing exchanges users and items, and twice is the same', () => {
  const turned = entries.map(({ user, item, value }) => ({ user: item, item: user, value }));
  expect(transpose(train)).toEqual(interactionsOf(turned, { users: 4, items: 3 }));
  expect(transpose(transpose(train))).toEqual(train);
});

test('binary keeps who and what, and forgets how much', () => {
  expect(binary(train)).toEqual(
    interactionsOf(
      entries.map((entry) => ({ ...entry, value: 1 })),
      train,
    ),
  );
});

test('batches take every row once a pass, in an order of their own, and span passes', () => {
  const next = shuffledBatches(5, 3, stream(1, 'batches'));
  const drawn = Array.from({ length: 5 }, () => Array.from(next())).flat();
  const passes = [drawn.slice(0, 5), drawn.slice(5, 10), drawn.slice(10, 15)];
  for (const pass of passes) expect(pass.toSorted()).toEqual([0, 1, 2, 3, 4]);
  expect(new Set(passes.map(String)).size).toBeGreaterThan(1);
});
