/** Scores of a CFGAN generator from the histories it was trained on. */
import * as tf from '@tensorflow/tfjs-core';
import { blockScorer } from '../block-scorer.ts';
import type { Scorer } from '../model.ts';
import { type DenseNetwork, forward, outputOf, valuesOf } from '../network/dense.ts';

/**
 * @param histories `[users, items]`, or `[items, users]` where items are the rows; 1 where liked.
 */
export function cfganScorer(
  generator: DenseNetwork,
  histories: tf.Tensor2D,
  orientation: 'user' | 'item',
  dispose: () => void,
): Scorer {
  const [rows, columns] = histories.shape;
  const score = (from: number, to: number): Float32Array =>
    valuesOf(() => outputOf(forward(generator, tf.slice2d(histories, [from, 0], [to - from, columns]))));
  if (orientation === 'user') return blockScorer({ users: rows, items: columns }, score, dispose);
  // A user's scores are a column, spread over all rows: all are computed at once, when first asked for.
  let all: Float32Array | undefined;
  const columnsOf = (from: number, to: number): Float32Array => {
    all ??= score(0, rows);
    const scores = new Float32Array((to - from) * rows);
    for (let row = 0; row < rows; row++)
      for (let user = from; user < to; user++) scores[(user - from) * rows + row] = all[row * columns + user] as number;
    return scores;
  };
  return blockScorer({ users: columns, items: rows }, columnsOf, dispose);
}
