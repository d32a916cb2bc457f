/** Which attempts a policy keeps, and what is said of why. */
import { expect, test } from 'vitest';
import { keptAttempts } from '../../src/record/kept-attempts.ts';
import { withIndex } from '../../src/record/open-index.ts';
import { configHashOf, type RunSpec, record } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const hourMs = 3_600_000;
const seeded = (seed: number, more: RunSpec): RunSpec => ({ params: { seed }, ...more });
const nameOf = (spec: RunSpec) => `${configHashOf(spec)}@${spec.attempt ?? 1}`;

test('the best by run and by what may be compared, the last, the younger, and what people marked', async () => {
  const layout = temporaryLayout();
  const best = seeded(1, { score: 0.9, at: 1 });
  const again = seeded(1, { score: 0.9, attempt: 2, at: 2 });
  const second = seeded(2, { score: 0.8, at: 3 });
  const third = seeded(3, { score: 0.7, at: 4 });
  const diverged = seeded(4, { score: 'NaN', at: 5 });
  const otherwise = seeded(5, { score: 0.1, protocol: 'all', at: 6 });
  const tagged = seeded(6, { score: 0.2, tags: ['paper'], at: 7 });
  const younger = seeded(7, { score: 0.3, at: 10 * hourMs });
  const last = seeded(8, { score: 0.4, at: 11 * hourMs });
  record(layout, best, again, second, third, diverged, otherwise, tagged, younger, last);
  const policy = { last: 1, best: { count: 2, metric: 'evaluate.ndcg@10' }, youngerThanMs: 3 * hourMs };
  const { because, dropped } = await withIndex(layout, (index) => keptAttempts(index, policy, 12 * hourMs));
  expect(Object.fromEntries(because)).toEqual({
    [nameOf(best)]: 'best',
    [nameOf(again)]: 'best', // the same result: it takes no place of another
    [nameOf(second)]: 'best',
    [nameOf(otherwise)]: 'best', // of what it may be compared with
    [nameOf(tagged)]: 'tagged',
    [nameOf(younger)]: 'younger',
    [nameOf(last)]: 'last',
  });
  expect(dropped).toEqual(new Set([third, diverged].map(nameOf)));
  const unknown = { best: { count: 1, metric: 'evaluate.beauty' } };
  await expect(withIndex(layout, (index) => keptAttempts(index, unknown, 0))).rejects.toThrow('no run has the metric');
});
