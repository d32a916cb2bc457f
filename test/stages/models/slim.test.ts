/** SLIM's elastic nets against the conditions that the best weights, and only those, satisfy. */
import { describe, expect, test } from 'vitest';
import { nonNegativeElasticNet } from '../../../stages/models/non-negative-elastic-net.ts';
import { gramOf } from '../../../stages/models/sparse/gram.ts';
import { likes, transposed } from '../../../stages/models/sparse/matrix.ts';
import { denseLikes, randomLikes } from '../../helpers/random-likes.ts';
import { temporaryFolder } from '../../helpers/run-stage.ts';
import { allScores, expectClose, trained } from '../../helpers/trained-model.ts';

const folder = await temporaryFolder();
const train = randomLikes(80, 40, 9);
const X = denseLikes(train);
const G = X.transpose().mmul(X);
const gram = gramOf(transposed(likes(train)));

describe.each([
  { l1: 0, l2: 5 },
  { l1: 2, l2: 0 },
  { l1: 3, l2: 8 },
])('%j', ({ l1, l2 }) => {
  const columnOf = nonNegativeElasticNet(gram, train.items, { l1, l2 });

  test('Karush, Kuhn and Tucker: no slope where a weight is above 0, none downwards where it is 0', () => {
    for (let target = 0; target < train.items; target++) {
      const w = Array.from(columnOf(target));
      expect(w[target]).toBe(0);
      w.forEach((weight, i) => {
        const explained = w.reduce((sum, other, k) => sum + G.get(i, k) * other, 0);
        const slope = explained - G.get(i, target) + l1 + l2 * weight;
        if (weight > 0) expect(Math.abs(slope)).toBeLessThan(0.05);
        else if (i !== target) expect(slope).toBeGreaterThan(-0.05);
      });
    }
  });

  test('no small change makes the objective smaller', () => {
    const w = Float64Array.from(columnOf(4));
    const objective = (weights: Float64Array) => {
      const errors = X.to2DArray().map((row) => {
        const predicted = row.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
        return (row[4] as number) - predicted;
      });
      const squares = errors.reduce((sum, error) => sum + error * error, 0);
      const penalty = weights.reduce((sum, weight) => sum + l1 * weight + (l2 / 2) * weight * weight, 0);
      return squares / 2 + penalty;
    };
    const best = objective(w);
    for (let i = 0; i < train.items; i++)
      for (const change of i === 4 ? [] : [-0.01, 0.01]) {
        const moved = w.slice();
        moved[i] = Math.max(0, (moved[i] as number) + change);
        expect(objective(moved)).toBeGreaterThan(best - 1e-4);
      }
  });
});

test('the model: users × columns, α and l1_ratio as scikit-learn has them, the strongest kept', async () => {
  const slim = { alpha: 0.05, l1_ratio: 0.4, neighbours: 0 };
  const columnOf = nonNegativeElasticNet(gram, train.items, { l1: 80 * 0.05 * 0.4, l2: 80 * 0.05 * 0.6 });
  const columns = Array.from({ length: train.items }, (_, target) => Array.from(columnOf(target)));
  const wanted = X.to2DArray().map((row) =>
    columns.map((w) => row.reduce((sum, value, i) => sum + value * (w[i] as number), 0)),
  );
  const { scorer } = await trained(folder, train, { name: 'slim', slim });
  expectClose(await allScores(scorer, train.users), wanted, 1e-5);

  const one = await trained(folder, train, { name: 'slim', slim: { ...slim, neighbours: 1 } });
  const best = columns.map((w) => Math.max(...w));
  const scores = await allScores(one.scorer, train.users);
  for (const row of scores)
    row.forEach((score, j) => {
      expect([0, Math.fround(best[j] as number)]).toContain(score);
    });
});
