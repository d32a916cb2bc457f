/** Every user gets the items that most users liked in training: the least a recommender has to beat. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Interactions } from '../datasets/interactions.ts';
import type { Model, Scorer } from './model.ts';

export const popularity: Model = {
  async train({ train, folder }) {
    await writeFile(join(folder, 'popularity.json'), `${JSON.stringify(Array.from(countsOf(train)))}\n`);
  },
  async load(folder) {
    const counts = JSON.parse(await readFile(join(folder, 'popularity.json'), 'utf8')) as number[];
    return sameForAll(Float32Array.from(counts));
  },
};

/** The scorer straight from a training part, as evaluation's baseline. */
export function popularityScorer(train: Interactions): Scorer {
  return sameForAll(Float32Array.from(countsOf(train)));
}

/** `[items]`: how many users liked each. */
function countsOf(train: Interactions): Int32Array {
  const counts = new Int32Array(train.items);
  for (const item of train.columns) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}

function sameForAll(row: Float32Array): Scorer {
  return {
    items: row.length,
    async scores(users) {
      const scores = new Float32Array(users.length * row.length);
      for (let i = 0; i < users.length; i++) scores.set(row, i * row.length);
      return scores;
    },
    dispose() {},
  };
}
