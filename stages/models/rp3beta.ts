/** RP³β: a random walk of three steps from the user, popular items held down. */
import { itemWeightsModel } from './item-weights.ts';
import type { TrainContext } from './model.ts';
import { countParam, numberParam, switchParam } from './model-params.ts';
import { pacer } from './pace.ts';
import {
  likes,
  matrixOf,
  overlaps,
  rowSizes,
  type SparseMatrix,
  type SparseRow,
  strongest,
  transposed,
} from './sparse/matrix.ts';

export interface Rp3betaSettings {
  /** Power of each step's probability. */
  readonly alpha: number;
  /** Power of the popularity that a score is divided by. */
  readonly beta: number;
  /** Of each item, the most probable next ones that are kept; 0 keeps all. */
  readonly neighbours: number;
  /** Each item's weights divided by their sum. */
  readonly normalise: boolean;
}

export const rp3beta = itemWeightsModel(async (context) => {
  const byItem = transposed(likes(context.train));
  const weightsOf = walk(byItem, settingsOf(context));
  const pace = pacer(context, byItem.rows, 'items');
  const rows: SparseRow[] = [];
  for (let item = 0; item < byItem.rows; item++) {
    rows.push(weightsOf(item));
    await pace(item + 1);
  }
  return matrixOf(rows, byItem.rows);
});

function settingsOf({ params }: TrainContext): Rp3betaSettings {
  return {
    alpha: numberParam(params, 'rp3beta.alpha', { min: 0 }),
    beta: numberParam(params, 'rp3beta.beta', { min: 0 }),
    neighbours: countParam(params, 'rp3beta.neighbours', 0),
    normalise: switchParam(params, 'rp3beta.normalise'),
  };
}

/**
 * w(i, j) = Σ_u (1/|i|)^α (1/|u|)^α / |j|^β over the users u who liked both: the steps item → user → item. Christoffel
 * et al. 2015 and Paudel et al. 2017 (Updatable, Accurate, Diverse, and Scalable Recommendations, section 4.2). The walk's
 * first step, from the user, weighs all of its items alike, so it changes no order and is left out.
 *
 * @param byItem `[items, users]` of ones
 * @returns a function of the item i that gives its weights w(i, ·), without its own
 */
export function walk(byItem: SparseMatrix, settings: Rp3betaSettings): (item: number) => SparseRow {
  const { alpha, beta, neighbours, normalise } = settings;
  const popularity = rowSizes(byItem);
  const fromUser = Float64Array.from(rowSizes(transposed(byItem)), (size) => size ** -alpha);
  const common = overlaps(byItem, fromUser);
  return (item) => {
    const fromItem = (popularity[item] as number) ** -alpha;
    const weights = common(item).map((sum, other) =>
      sum === 0 || other === item ? 0 : (fromItem * sum) / (popularity[other] as number) ** beta,
    );
    const row = strongest(weights, neighbours);
    return normalise ? ofSumOne(row) : row;
  };
}

function ofSumOne({ index, values }: SparseRow): SparseRow {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return { index, values: Float64Array.from(values, (value) => value / sum) };
}
