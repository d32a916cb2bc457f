/** SLIM: sparse weights between items, each item's learned by an elastic net of its own. */
import { itemWeightsModel } from './item-weights.ts';
import { countParam, numberParam } from './model-params.ts';
import { type ElasticNet, nonNegativeElasticNet } from './non-negative-elastic-net.ts';
import { pacer } from './pace.ts';
import { gramOf } from './sparse/gram.ts';
import { likes, matrixOf, type SparseRow, strongest, transposed } from './sparse/matrix.ts';

/**
 * Column j of W minimises 1/(2 |users|) ‖x_j − X w‖² + α ρ ‖w‖₁ + α (1 − ρ)/2 ‖w‖², w ≥ 0, w_j = 0. Ning and Karypis
 * 2011 (equation 4), solved as an elastic net of each column as by Levy and Jack 2013, in scikit-learn's parametrisation,
 * α and ρ = l1_ratio, which the evaluation study tunes too.
 *
 * The Gram matrix is kept dense: 400 MB for 10,000 items.
 */
export const slim = itemWeightsModel(async (context) => {
  const { train, params } = context;
  const alpha = numberParam(params, 'slim.alpha', { min: 0 });
  const ratio = numberParam(params, 'slim.l1_ratio', { min: 0, max: 1 });
  const neighbours = countParam(params, 'slim.neighbours', 0);
  const penalties: ElasticNet = { l1: train.users * alpha * ratio, l2: train.users * alpha * (1 - ratio) };
  const columnOf = nonNegativeElasticNet(gramOf(transposed(likes(train))), train.items, penalties);
  const pace = pacer(context, train.items, 'items');
  const columns: SparseRow[] = [];
  for (let item = 0; item < train.items; item++) {
    columns.push(strongest(columnOf(item), neighbours));
    await pace(item + 1);
  }
  return transposed(matrixOf(columns, train.items));
});
