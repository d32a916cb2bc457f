import { beforeAll, expect, test } from 'vitest';
import { interactionsOf } from '../../../stages/datasets/interactions.ts';
import { binary, denseRows, shuffledPass, transpose } from '../../../stages/models/rows.ts';
import { stream } from '../../../stages/random-stream.ts';
import { openCpu } from './network/cpu.ts';

beforeAll(openCpu);

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

test('rows as a dense batch, in the order asked for', () => {
  const dense = denseRows(train, [1, 2, 0]);
  expect(dense.shape).toEqual([3, 4]);
  expect(Array.from(dense.dataSync())).toEqual([1, 0, 0.25, 0, 0, 0, 0, 0, 0, 0, 0.5, 0]);
});

test('a pass takes every row once, in an order of its own; the last batch is what is left', () => {
  const passes = [1, 2].map((seed) => shuffledPass(5, 3, stream(seed, 'batches')));
  for (const pass of passes) {
    expect(pass.map((batch) => batch.length)).toEqual([3, 2]);
    expect(pass.flatMap((batch) => Array.from(batch)).toSorted()).toEqual([0, 1, 2, 3, 4]);
  }
  expect(String(passes[0])).not.toBe(String(passes[1]));
  expect(shuffledPass(6, 3, stream(1, 'batches')).map((batch) => batch.length)).toEqual([3, 3]);
});
