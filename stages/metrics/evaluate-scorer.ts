/** A scorer against a truth: top-k metrics of every user, and their means. Used by evaluation and while training. */
import { type Interactions, itemsOf } from '../datasets/interactions.ts';
import type { Scorer } from '../models/model.ts';
import { coverageName, coverageOf, expectedCoverage } from './coverage.ts';
import { expectedAtRandom, metricNames, type RankingScores, scoresAt } from './ranking.ts';
import { rankerOf } from './top-k.ts';

export interface Protocol {
  /** Every entry is relevant. Users beyond the training part's are cold: no model can score them. */
  readonly truth: Interactions;
  /** Entries that are never recommended: what was known when the model trained. */
  readonly seen: Interactions;
  /** Items `0 … candidates - 1` may be recommended. */
  readonly candidates: number;
  /** Cut-offs, such as `[5, 10, 20]`. */
  readonly cutoffs: readonly number[];
}

export interface UserScores {
  readonly user: number;
  /** One for each cut-off, in their order. */
  readonly at: readonly RankingScores[];
}

export interface Evaluation {
  /** Of the users scored, in index order. */
  readonly perUser: readonly UserScores[];
  /** `ndcg@10` → mean over {@link perUser}, and `item_coverage@10`; empty where no user could be scored. */
  readonly means: Readonly<Record<string, number>>;
  /** NaN and infinities among the scores looked at: a model that diverged. */
  readonly notFinite: number;
}

/** Rows of one call of the scorer: large enough for one product, small enough to hold (1.7 MB of MovieLens 100K). */
const batchSize = 256;

/** Ranks all users that have a truth and a row in `seen`; aborts between batches. */
export async function evaluateScorer(
  scorer: Scorer,
  protocol: Protocol,
  options: { readonly signal?: AbortSignal; readonly progress?: (done: number, total: number) => void } = {},
): Promise<Evaluation> {
  const users = scorableUsers(protocol);
  const perUser: UserScores[] = [];
  const { rank, coverage } = userRanking(protocol);
  let notFinite = 0;
  for (let start = 0; start < users.length; start += batchSize) {
    options.signal?.throwIfAborted();
    const batch = users.subarray(start, start + batchSize);
    const scores = await scorer.scores(batch);
    notFinite += countNotFinite(scores);
    batch.forEach((user, row) => {
      perUser.push(rank(user, scores.subarray(row * scorer.items, (row + 1) * scorer.items)));
    });
    options.progress?.(Math.min(start + batchSize, users.length), users.length);
  }
  return { perUser, means: meansOf(perUser, protocol.cutoffs, coverage.at), notFinite };
}

/** The same table for a random order: an expectation, not a draw. */
export function evaluateRandom(protocol: Protocol): Evaluation {
  const users = scorableUsers(protocol);
  const perUser = Array.from(users, (user): UserScores => {
    const truth = itemsOf(protocol.truth, user);
    const seen = new Set(itemsOf(protocol.seen, user).filter((item) => item < protocol.candidates));
    const reachable = truth.filter((item) => item < protocol.candidates && !seen.has(item)).length;
    const open = protocol.candidates - seen.size;
    return { user, at: protocol.cutoffs.map((k) => expectedAtRandom(k, open, reachable, truth.length)) };
  });
  const coverage = (k: number) => expectedCoverage(k, users, protocol);
  return { perUser, means: meansOf(perUser, protocol.cutoffs, coverage), notFinite: 0 };
}

/** Users with a truth and a row in the training part, rising. */
export function scorableUsers({ truth, seen }: Protocol): Int32Array {
  const users = Int32Array.from({ length: Math.min(truth.users, seen.users) }, (_, user) => user);
  return users.filter((user) => itemsOf(truth, user).length > 0);
}

/** Ranks one user after the other over buffers of its own; what is relevant is looked up in a row of marks. */
function userRanking({ truth, seen, candidates, cutoffs }: Protocol) {
  const ranker = rankerOf(Math.max(...cutoffs), candidates);
  const coverage = coverageOf(candidates);
  const isRelevant = new Uint8Array(Math.max(truth.items, candidates));
  const rank = (user: number, scores: Float32Array): UserScores => {
    const ranked = ranker.best(scores, itemsOf(seen, user));
    coverage.add(ranked);
    const relevant = itemsOf(truth, user);
    for (const item of relevant) isRelevant[item] = 1;
    const hits = ranked.map((item) => isRelevant[item] as number);
    for (const item of relevant) isRelevant[item] = 0;
    return { user, at: cutoffs.map((k) => scoresAt(k, hits, relevant.length)) };
  };
  return { rank, coverage };
}

function countNotFinite(scores: Float32Array): number {
  let count = 0;
  for (let i = 0; i < scores.length; i++) if (!Number.isFinite(scores[i])) count++;
  return count;
}

/** @param coverage cut-off → share of the candidates recommended. */
function meansOf(perUser: readonly UserScores[], cutoffs: readonly number[], coverage: (k: number) => number) {
  const means: Record<string, number> = {};
  if (perUser.length === 0) return means;
  cutoffs.forEach((k, i) => {
    for (const name of metricNames) {
      let sum = 0;
      for (const { at } of perUser) sum += at[i]?.[name] ?? Number.NaN;
      means[`${name}@${k}`] = sum / perUser.length;
    }
    means[`${coverageName}@${k}`] = coverage(k);
  });
  return means;
}
