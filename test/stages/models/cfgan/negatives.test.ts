import { expect, test } from 'vitest';
import { interactionsOf } from '../../../../stages/datasets/interactions.ts';
import { drawNegatives } from '../../../../stages/models/cfgan/negatives.ts';
import { stream } from '../../../../stages/random-stream.ts';

const items = 21;
const liked = [
  [0, 3, 20],
  [5, 6, 7, 8, 9],
];
const matrix = interactionsOf(
  liked.flatMap((own, user) => own.map((item) => ({ user, item, value: 1 }))),
  { users: 2, items },
);

test.each([0, 0.1, 0.3, 0.5, 0.7, 1])('takes a share of %s of what a row does not hold', (share) => {
  const mask = drawNegatives(matrix, share, stream(1, 'negatives'));
  liked.forEach((own, row) => {
    const values = Array.from(mask.subarray(row * items, (row + 1) * items));
    const chosen = [...values.entries()].filter(([, value]) => value === 1).map(([item]) => item);
    expect(chosen).toHaveLength(Math.round(share * (items - own.length)));
    expect(chosen.filter((item) => own.includes(item))).toEqual([]);
    expect(values.every((value) => value === 0 || value === 1)).toBe(true);
  });
});

test.each([0.3, 0.7])('every unobserved entry is as likely as any other: share %s', (share) => {
  const random = stream(1, 'negatives');
  const counts = new Float64Array(items);
  const draws = 2000;
  for (let i = 0; i < draws; i++)
    drawNegatives(matrix, share, random)
      .subarray(0, items)
      .forEach((value, item) => {
        counts[item] = (counts[item] as number) + value;
      });
  const expected = Math.round(share * 18) / 18;
  counts.forEach((count, item) => {
    if (!liked[0]?.includes(item)) expect(Math.abs(count / draws - expected)).toBeLessThan(0.05);
  });
});

test('two streams draw two sets, and one stream a new set each time', () => {
  const draw = (random = stream(1, 'a')) => String(drawNegatives(matrix, 0.5, random));
  expect(draw()).toBe(draw());
  expect(draw(stream(1, 'b'))).not.toBe(draw());
  const random = stream(1, 'a');
  expect(draw(random)).not.toBe(draw(random));
});
