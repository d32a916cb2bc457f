/** Every user gets items in a random order, the same one each time it is asked: what chance alone scores. */
import { stream } from '../random-stream.ts';
import type { Model, Scorer } from './model.ts';

export const random: Model = {
  async train() {},
  async load(_folder, { train, seed }) {
    return randomScorer(train.items, seed);
  },
};

/** Uniform scores; each user's are a function of (seed, user) alone. */
export function randomScorer(items: number, seed: number): Scorer {
  return {
    items,
    async scores(users) {
      const scores = new Float32Array(users.length * items);
      users.forEach((user, row) => {
        const { uniform } = stream(seed, 'random', user);
        for (let item = 0; item < items; item++) scores[row * items + item] = uniform();
      });
      return scores;
    },
    dispose() {},
  };
}
