/** An elastic net with weights of at least 0, by cyclic coordinate descent on the Gram matrix. */

/** Minimises ½ ‖y − X w‖² + l1 ‖w‖₁ + l2/2 ‖w‖², w ≥ 0. */
export interface ElasticNet {
  readonly l1: number;
  readonly l2: number;
}

/** Done when no weight moves by more than this share of the largest one. */
const tolerance = 1e-4;
const mostSweeps = 1000;

/**
 * Regresses each column of X on the others.
 *
 * Friedman, Hastie and Tibshirani 2010: a weight's best value, the others fixed, is max(0, g_iy − Σ_{k≠i} g_ik w_k − l1) /
 * (g_ii + l2). A weight can leave 0 only where g_iy > l1, as no g and no w is negative, so the rest is never looked at;
 * between sweeps over those, the weights above 0 are settled among themselves, as a small problem of their own.
 *
 * @param gram Xᵀ X of a matrix without negative entries, `[size, size]`
 * @returns a function of the target y: its weights `[size]`, the same array each time, valid until the next call; the
 * target's own is 0
 */
export function nonNegativeElasticNet(
  gram: Float32Array,
  size: number,
  penalties: ElasticNet,
): (target: number) => Float64Array {
  const weights = new Float64Array(size);
  /** gram × weights */
  const explained = new Float64Array(size);
  return (target) => {
    weights.fill(0);
    explained.fill(0);
    const goals = gram.subarray(target * size, (target + 1) * size);
    const open = openWeights(goals, target, penalties.l1);
    const state: Descent = { gram, size, penalties, goals, weights, explained };
    for (let sweeps = 0; sweeps < mostSweeps && !sweep(state, open); sweeps++)
      settle(
        state,
        open.filter((i) => (weights[i] as number) > 0),
      );
    return weights;
  };
}

interface Descent {
  readonly gram: Float32Array;
  readonly size: number;
  readonly penalties: ElasticNet;
  readonly goals: Float32Array;
  readonly weights: Float64Array;
  readonly explained: Float64Array;
}

/** Sweeps over `which` until they rest, the other weights staying as they are. */
function settle({ gram, size, penalties, goals, weights, explained }: Descent, which: Int32Array): void {
  const all = Int32Array.from(which.keys());
  const small: Descent = {
    gram: new Float32Array(which.length ** 2),
    size: which.length,
    penalties,
    goals: Float32Array.from(which, (i) => goals[i] as number),
    weights: Float64Array.from(which, (i) => weights[i] as number),
    explained: Float64Array.from(which, (i) => explained[i] as number),
  };
  for (const a of all)
    for (const b of all)
      small.gram[a * small.size + b] = gram[(which[a] as number) * size + (which[b] as number)] as number;
  for (let sweeps = 0; sweeps < mostSweeps && !sweep(small, all); sweeps++);
  which.forEach((i, at) => {
    const after = small.weights[at] as number;
    const change = after - (weights[i] as number);
    weights[i] = after;
    if (change !== 0) addMultiple(explained, gram.subarray(i * size, (i + 1) * size), change);
  });
}

function openWeights(goals: Float32Array, target: number, l1: number): Int32Array {
  return Int32Array.from(goals.keys()).filter((i) => i !== target && (goals[i] as number) > l1);
}

/** Moves each of the weights once. @returns whether none moved by much */
function sweep({ gram, size, penalties, goals, weights, explained }: Descent, which: Int32Array): boolean {
  let largest = 0;
  let furthest = 0;
  for (const i of which) {
    const own = gram[i * (size + 1)] as number;
    const before = weights[i] as number;
    const left = (goals[i] as number) - (explained[i] as number) + own * before - penalties.l1;
    const after = left > 0 ? left / (own + penalties.l2) : 0;
    largest = Math.max(largest, after);
    if (after === before) continue;
    furthest = Math.max(furthest, Math.abs(after - before));
    weights[i] = after;
    addMultiple(explained, gram.subarray(i * size, (i + 1) * size), after - before);
  }
  return furthest <= tolerance * largest;
}

function addMultiple(sums: Float64Array, row: Float32Array, factor: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + factor * (row[i] as number);
}
