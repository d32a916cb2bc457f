/** Plain collaborative filtering, to see whether a data set holds anything to find: ItemKNN, cosine, k neighbours. */
import { type Interactions, itemsOf } from '../../stages/datasets/interactions.ts';
import type { Scorer } from '../../stages/models/model.ts';

export function itemKnn(train: Interactions, k: number): Scorer {
  const { users, items } = train;
  const together = new Float64Array(items * items);
  for (let user = 0; user < users; user++) {
    const own = itemsOf(train, user);
    for (const a of own) for (const b of own) together[a * items + b] = (together[a * items + b] as number) + 1;
  }
  const counts = Array.from({ length: items }, (_, item) => together[item * items + item] as number);
  const neighbours = counts.map((count, a) => {
    const weights = Float64Array.from({ length: items }, (_, b) => {
      const both = together[a * items + b] as number;
      return a === b || both === 0 ? 0 : both / Math.sqrt(count * (counts[b] as number));
    });
    const order = Int32Array.from(weights.keys()).sort(
      (x, y) => (weights[y] as number) - (weights[x] as number) || x - y,
    );
    return Array.from(order.subarray(0, k), (item) => ({ item, weight: weights[item] as number }));
  });
  return {
    items,
    async scores(batch) {
      const scores = new Float32Array(batch.length * items);
      batch.forEach((user, row) => {
        const own = new Uint8Array(items);
        for (const item of itemsOf(train, user)) own[item] = 1;
        neighbours.forEach((list, item) => {
          let sum = 0;
          for (const { item: other, weight } of list) if (own[other] === 1) sum += weight;
          scores[row * items + item] = sum;
        });
      });
      return scores;
    },
    dispose() {},
  };
}
