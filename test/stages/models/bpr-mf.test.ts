/** BPR-MF: its step against finite differences, its triples against the definition, what it learns. */
import { describe, expect, test } from 'vitest';
import { interactionsOf, itemsOf } from '../../../stages/datasets/interactions.ts';
import { type BiasedFactors, createFactors, factorsWithBias } from '../../../stages/models/bpr-mf/factors.ts';
import { epochOf, missing } from '../../../stages/models/bpr-mf/sampler.ts';
import { descend, update } from '../../../stages/models/bpr-mf/update.ts';
import { factorScorer } from '../../../stages/models/factor-scorer.ts';
import { randomLikes } from '../../helpers/random-likes.ts';
import { temporaryFolder } from '../../helpers/run-stage.ts';
import { allScores, trained } from '../../helpers/trained-model.ts';

const folder = await temporaryFolder();
const train = randomLikes(40, 25, 4);
const names = ['users', 'items', 'bias'] as const;

describe('one step', () => {
  const [user, liked, other] = [3, 7, 12];
  const rates = { learningRate: 1e-3, l2: 0.3, l2Bias: 0.2 };
  const fresh = () => {
    const model = createFactors(train, 5, 1);
    model.bias.forEach((_, i) => {
      model.bias[i] = 0.1 * i - 1;
    });
    return model;
  };

  /** −ln σ(x̂_uij) + λ/2 ‖Θ‖² over the parameters of the triple. */
  function objective({ factors, users, items, bias }: BiasedFactors): number {
    const vector = (of: Float64Array, row: number) => Array.from(of.subarray(row * factors, (row + 1) * factors));
    const [p, q, r] = [vector(users, user), vector(items, liked), vector(items, other)];
    const squares = [...p, ...q, ...r].reduce((sum, value) => sum + value * value, 0);
    const [b, c] = [bias[liked] as number, bias[other] as number];
    const ahead = b - c + p.reduce((sum, value, f) => sum + value * ((q[f] as number) - (r[f] as number)), 0);
    return Math.log1p(Math.exp(-ahead)) + (rates.l2 / 2) * squares + (rates.l2Bias / 2) * (b * b + c * c);
  }

  test('goes down the slope that finite differences give', () => {
    const before = fresh();
    const after = fresh();
    update(after, user, liked, other, rates);
    for (const name of names)
      before[name].forEach((value, i) => {
        const h = 1e-5;
        before[name][i] = value + h;
        const above = objective(before);
        before[name][i] = value - h;
        const slope = (above - objective(before)) / (2 * h);
        before[name][i] = value;
        expect(((after[name][i] as number) - value) / -rates.learningRate).toBeCloseTo(slope, 6);
      });
  });

  test('gives the loss from before it', async () => {
    const loss = update(fresh(), user, liked, other, { ...rates, l2: 0, l2Bias: 0 });
    const row = await factorScorer(factorsWithBias(fresh())).scores(Int32Array.of(user));
    expect(loss).toBeCloseTo(Math.log1p(Math.exp((row[other] as number) - (row[liked] as number))), 5);
  });
});

describe('triples', () => {
  test('as many as entries; liked by the user, and not', () => {
    let count = 0;
    epochOf(
      train,
      1,
    )?.((user, liked, other) => {
      count++;
      expect(itemsOf(train, user)).toContain(liked);
      expect(itemsOf(train, user)).not.toContain(other);
    });
    expect(count).toBe(train.columns.length);
  });

  test('entries come evenly, and so do the items a user did not like', () => {
    const likes = interactionsOf(
      [...[0, 2].map((item) => ({ user: 0, item, value: 1 })), { user: 1, item: 4, value: 1 }],
      { users: 2, items: 5 },
    );
    const epoch = epochOf(likes, 1);
    const counts = new Map<string, number>();
    for (let i = 0; i < 4000; i++)
      epoch?.((...triple) => {
        counts.set(triple.join(), (counts.get(triple.join()) ?? 0) + 1);
      });
    expect([...counts.keys()].sort()).toEqual(
      ['0,0,1', '0,0,3', '0,0,4', '0,2,1', '0,2,3', '0,2,4', '1,4,0', '1,4,1', '1,4,2', '1,4,3'].sort(),
    );
    for (const [triple, count] of counts) {
      const expected = 12_000 / 3 / (triple.startsWith('0') ? 3 : 4);
      expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
  });

  test('the item at a rank among those missing', () => {
    const own = Int32Array.of(0, 1, 4, 8);
    expect([0, 1, 2, 3, 4, 5].map((rank) => missing(own, rank))).toEqual([2, 3, 5, 6, 7, 9]);
  });

  test('a user who liked everything is never asked; none are left, none are made', () => {
    const entry = (user: number, item: number) => ({ user, item, value: 1 });
    const everything = [entry(0, 0), entry(0, 1)];
    expect(epochOf(interactionsOf(everything, { users: 1, items: 2 }), 1)).toBeUndefined();
    epochOf(
      interactionsOf([...everything, entry(1, 1)], { users: 2, items: 2 }),
      1,
    )?.((...triple) => {
      expect(triple).toEqual([1, 1, 0]);
    });
  });
});

test('the loss falls, and what users liked ends above what they did not', async () => {
  const model = createFactors(train, 8, 1);
  const triples = epochOf(train, 1);
  if (triples === undefined) throw new Error('no triples');
  const losses = Array.from({ length: 60 }, () => descend(model, triples, { learningRate: 0.1, l2: 0, l2Bias: 0 }));
  expect(losses[0]).toBeGreaterThan(0.5);
  expect(losses.at(-1)).toBeLessThan(0.15);
});

test('reports its loss and NDCG on the validation part by epoch', async () => {
  const points: Record<string, number>[] = [];
  const bpr = { factors: 4, epochs: 5, validate_every: 2 };
  const validation = interactionsOf([{ user: 0, item: 24, value: 1 }], train);
  const report = (point: Record<string, number>) => points.push(point);
  await trained(folder, train, { name: 'bpr-mf', bpr }, { validation, report });
  expect(points.map((point) => Object.keys(point).join())).toEqual([
    'step,bpr_loss',
    'step,bpr_loss,val_ndcg@10',
    'step,bpr_loss',
    'step,bpr_loss,val_ndcg@10',
    'step,bpr_loss,val_ndcg@10',
  ]);
});

test('another seed gives other scores', async () => {
  const bpr = { factors: 4, epochs: 2 };
  const scores = async (seed: number) =>
    allScores((await trained(folder, train, { name: 'bpr-mf', bpr }, { seed })).scorer, train.users);
  expect(await scores(1)).not.toEqual(await scores(2));
});

test('a training part in which everyone liked everything is refused', async () => {
  const all = interactionsOf([{ user: 0, item: 0, value: 1 }], { users: 1, items: 1 });
  await expect(trained(folder, all, { name: 'bpr-mf' })).rejects.toThrow('no user has both');
});
