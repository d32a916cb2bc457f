/**
 * Top-k ranking metrics of one user, as the CFGAN authors' code defines them: T the relevant items, h_j the hit at rank j
 * (from 1), |T| counting relevant items that cannot be recommended too.
 *
 * | precision@k | Σ h_j / k, also where fewer than k items could be recommended |
 * | recall@k    | Σ h_j / |T| |
 * | ndcg@k      | Σ h_j / log2(j + 1), divided by the same sum with hits at ranks 1 … min(k, |T|) |
 * | mrr@k       | 1 / (rank of the first hit), 0 where there is none within k |
 *
 * Where T is empty all are 0; whether such users count is the caller's to decide.
 */

export const metricNames = ['precision', 'recall', 'ndcg', 'mrr'] as const;
export type MetricName = (typeof metricNames)[number];
export type RankingScores = Readonly<Record<MetricName, number>>;

/**
 * The k best items of one user in a total order: score falling, then the lower index. NaN ranks as minus infinity.
 *
 * @param scores `[items]`; may be longer than `candidates`.
 * @param candidates items `0 … candidates - 1` may be recommended; one without a score ranks as minus infinity.
 * @param excluded items that may not, rising.
 * @returns at most k item indices, best first.
 */
export function topK(scores: Float32Array, k: number, candidates: number, excluded: Int32Array): Int32Array {
  const best = new Int32Array(k);
  const bestScores = new Float64Array(k);
  let length = 0;
  let nextExcluded = 0;
  for (let item = 0; item < candidates; item++) {
    if (excluded[nextExcluded] === item) {
      nextExcluded++;
      continue;
    }
    const raw = scores[item] ?? Number.NEGATIVE_INFINITY;
    const score = Number.isNaN(raw) ? Number.NEGATIVE_INFINITY : raw;
    if (length === k && !(score > (bestScores[k - 1] as number))) continue;
    let at = length < k ? length++ : k - 1;
    // Items come in rising order, so an equal score stays behind those before it.
    for (; at > 0 && score > (bestScores[at - 1] as number); at--) {
      best[at] = best[at - 1] as number;
      bestScores[at] = bestScores[at - 1] as number;
    }
    best[at] = item;
    bestScores[at] = score;
  }
  return best.subarray(0, length);
}

/** Metrics of one user's ranked list at one cut-off. `ranked` may be longer or shorter than k. */
export function scoresAt(k: number, ranked: ArrayLike<number>, relevant: ReadonlySet<number>): RankingScores {
  if (relevant.size === 0) return { precision: 0, recall: 0, ndcg: 0, mrr: 0 };
  let hits = 0;
  let gain = 0;
  let firstHit = 0;
  for (let rank = 1; rank <= Math.min(k, ranked.length); rank++) {
    if (!relevant.has(ranked[rank - 1] as number)) continue;
    hits++;
    gain += 1 / Math.log2(rank + 1);
    if (firstHit === 0) firstHit = rank;
  }
  return {
    precision: hits / k,
    recall: hits / relevant.size,
    ndcg: gain / idealGain(Math.min(k, relevant.size)),
    mrr: firstHit === 0 ? 0 : 1 / firstHit,
  };
}

/**
 * What a random order of the candidates scores on average: exact, no draws.
 *
 * @param candidates how many items may be recommended.
 * @param reachable how many of them are relevant; at most `relevant`.
 * @param relevant |T|.
 */
export function expectedAtRandom(k: number, candidates: number, reachable: number, relevant: number): RankingScores {
  if (relevant === 0 || candidates === 0) return { precision: 0, recall: 0, ndcg: 0, mrr: 0 };
  const ranks = Math.min(k, candidates);
  const hitRate = reachable / candidates;
  let mrr = 0;
  let noHitBefore = 1;
  for (let rank = 1; rank <= ranks; rank++) {
    const hitHere = reachable / (candidates - rank + 1);
    mrr += (noHitBefore * Math.min(hitHere, 1)) / rank;
    noHitBefore *= Math.max(1 - hitHere, 0);
  }
  return {
    precision: (hitRate * ranks) / k,
    recall: (hitRate * ranks) / relevant,
    ndcg: (hitRate * idealGain(ranks)) / idealGain(Math.min(k, relevant)),
    mrr,
  };
}

/** Discounted gain of hits at ranks 1 … n. */
function idealGain(n: number): number {
  let gain = 0;
  for (let rank = 1; rank <= n; rank++) gain += 1 / Math.log2(rank + 1);
  return gain;
}
