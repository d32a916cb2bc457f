/** A scorer against a truth: top-k metrics of every user, and their means. Used by evaluation and while training. */
import { type Interactions, itemsOf } from '../datasets/interactions.ts';
import type { Scorer } from '../models/model.ts';
import { expectedAtRandom, metricNames, type RankingScores, scoresAt, topK } from './ranking.ts';

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
  /** `ndcg@10` → mean over {@link perUser}; empty where no user could be scored. */
  readonly means: Readonly<Record<string, number>>;
  /** NaN among the scores looked at: a model that diverged. */
  readonly nanScores: number;
}

const batchSize = 256;

/** Ranks all users that have a truth and a row in `seen`; aborts between batches. */
export async function evaluateScorer(
  scorer: Scorer,
  protocol: Protocol,
  options: { readonly signal?: AbortSignal; readonly progress?: (done: number, total: number) => void } = {},
): Promise<Evaluation> {
  const users = scorableUsers(protocol);
  const perUser: UserScores[] = [];
  let nanScores = 0;
  for (let start = 0; start < users.length; start += batchSize) {
    options.signal?.throwIfAborted();
    const batch = users.subarray(start, start + batchSize);
    const scores = await scorer.scores(batch);
    for (const score of scores) if (Number.isNaN(score)) nanScores++;
    batch.forEach((user, row) => {
      const own = scores.subarray(row * scorer.items, (row + 1) * scorer.items);
      perUser.push(rankUser(user, own, protocol));
    });
    options.progress?.(Math.min(start + batchSize, users.length), users.length);
  }
  return { perUser, means: meansOf(perUser, protocol.cutoffs), nanScores };
}

/** The same table for a random order: an expectation, not a draw. */
export function evaluateRandom(protocol: Protocol): Evaluation {
  const perUser = Array.from(scorableUsers(protocol), (user): UserScores => {
    const truth = itemsOf(protocol.truth, user);
    const seen = new Set(itemsOf(protocol.seen, user).filter((item) => item < protocol.candidates));
    const reachable = truth.filter((item) => item < protocol.candidates && !seen.has(item)).length;
    const open = protocol.candidates - seen.size;
    return { user, at: protocol.cutoffs.map((k) => expectedAtRandom(k, open, reachable, truth.length)) };
  });
  return { perUser, means: meansOf(perUser, protocol.cutoffs), nanScores: 0 };
}

/** Users with a truth and a row in the training part, rising. */
export function scorableUsers({ truth, seen }: Protocol): Int32Array {
  const users = Int32Array.from({ length: Math.min(truth.users, seen.users) }, (_, user) => user);
  return users.filter((user) => itemsOf(truth, user).length > 0);
}

function rankUser(user: number, scores: Float32Array, { truth, seen, candidates, cutoffs }: Protocol): UserScores {
  const ranked = topK(scores, Math.max(...cutoffs), candidates, itemsOf(seen, user));
  const relevant = new Set(itemsOf(truth, user));
  return { user, at: cutoffs.map((k) => scoresAt(k, ranked, relevant)) };
}

function meansOf(perUser: readonly UserScores[], cutoffs: readonly number[]): Record<string, number> {
  if (perUser.length === 0) return {};
  const means = cutoffs.flatMap((k, i) =>
    metricNames.map((name): [string, number] => {
      let sum = 0;
      for (const { at } of perUser) sum += at[i]?.[name] ?? Number.NaN;
      return [`${name}@${k}`, sum / perUser.length];
    }),
  );
  return Object.fromEntries(means);
}
