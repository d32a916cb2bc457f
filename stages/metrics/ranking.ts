/**
 * Top-k ranking metrics of one user: T the relevant items, h_j the hit at rank j (from 1). docs/metrics.md has them beside the definitions of other tools.
 *
 * | precision@k | Σ h_j / k, also where fewer than k items could be recommended |
 * | recall@k    | Σ h_j / |T| |
 * | ndcg@k      | Σ h_j / log2(j + 1), divided by the same sum with hits at ranks 1 … min(k, |T|); gains are 0 or 1 |
 * | mrr@k       | 1 / (rank of the first hit), 0 where there is none within k |
 * | map@k       | average precision: Σ h_j · precision@j / min(k, |T|) |
 * | hit_rate@k  | 1 where there is a hit within k, else 0 |
 *
 * Where T is empty all are 0; whether such users count is the caller's to decide.
 */

export const metricNames = ['precision', 'recall', 'ndcg', 'mrr', 'map', 'hit_rate'] as const;
export type MetricName = (typeof metricNames)[number];
export type RankingScores = Readonly<Record<MetricName, number>>;

const zero: RankingScores = { precision: 0, recall: 0, ndcg: 0, mrr: 0, map: 0, hit_rate: 0 };

/**
 * Metrics of one user's ranked list at one cut-off.
 *
 * @param hits `[ranks]`: 1 where the item at that rank is relevant, else 0; may be longer or shorter than k.
 * @param relevant |T|.
 */
export function scoresAt(k: number, hits: ArrayLike<number>, relevant: number): RankingScores {
  if (relevant === 0) return zero;
  let found = 0;
  let gain = 0;
  let firstHit = 0;
  let precisions = 0;
  for (let rank = 1; rank <= Math.min(k, hits.length); rank++) {
    if (hits[rank - 1] !== 1) continue;
    found++;
    gain += 1 / Math.log2(rank + 1);
    precisions += found / rank;
    if (firstHit === 0) firstHit = rank;
  }
  const most = Math.min(k, relevant);
  return {
    precision: found / k,
    recall: found / relevant,
    ndcg: gain / idealGain(most),
    mrr: firstHit === 0 ? 0 : 1 / firstHit,
    map: precisions / most,
    hit_rate: Number(found > 0),
  };
}

/**
 * What a random order of the candidates scores on average: exact, no draws.
 *
 * With N candidates of which R are relevant, a rank holds a hit with probability R / N, and two given ranks both do with
 * R (R − 1) / (N (N − 1)): that gives all that is linear in hits and in pairs of them, MAP too. The first hit and "any
 * hit" follow from the hypergeometric chance of none in the first j ranks.
 *
 * @param candidates N: how many items may be recommended.
 * @param reachable R; at most `relevant`.
 * @param relevant |T|.
 */
export function expectedAtRandom(k: number, candidates: number, reachable: number, relevant: number): RankingScores {
  if (relevant === 0 || candidates === 0) return zero;
  const ranks = Math.min(k, candidates);
  const most = Math.min(k, relevant);
  const share = reachable / candidates;
  const another = candidates > 1 ? (reachable - 1) / (candidates - 1) : 0;
  let mrr = 0;
  let precisions = 0;
  let noHitBefore = 1;
  for (let rank = 1; rank <= ranks; rank++) {
    const hitHere = reachable / (candidates - rank + 1);
    mrr += (noHitBefore * Math.min(hitHere, 1)) / rank;
    noHitBefore *= Math.max(1 - hitHere, 0);
    precisions += (share * (1 + (rank - 1) * another)) / rank;
  }
  return {
    precision: (share * ranks) / k,
    recall: (share * ranks) / relevant,
    ndcg: (share * idealGain(ranks)) / idealGain(most),
    mrr,
    map: precisions / most,
    hit_rate: 1 - noHitBefore,
  };
}

/** Discounted gain of hits at ranks 1 … n, kept: every user asks for the same few. */
function idealGain(n: number): number {
  for (let rank = idealGains.length; rank <= n; rank++)
    idealGains.push((idealGains[rank - 1] as number) + 1 / Math.log2(rank + 1));
  return idealGains[n] as number;
}
const idealGains = [0];
