/**
 * Item coverage: `item_coverage@k` is the share of the candidates that are among the first k of at least one scored user.
 * A value of all lists together, so no user has one. A random order covers nearly all: more is not better by itself.
 */
import { itemsOf } from '../datasets/interactions.ts';
import type { Protocol } from './evaluate-scorer.ts';

export const coverageName = 'item_coverage';

export interface Coverage {
  /** Takes in one user's list, best first. */
  add(ranked: Int32Array): void;
  /** Share of the candidates recommended within k so far. */
  at(k: number): number;
}

export function coverageOf(candidates: number): Coverage {
  /** `[candidates]`: the best rank, from 1, at which any user is shown the item. */
  const bestRank = new Int32Array(candidates).fill(2 ** 31 - 1);
  return {
    add(ranked) {
      for (let rank = 1; rank <= ranked.length; rank++) {
        const item = ranked[rank - 1] as number;
        if (rank < (bestRank[item] as number)) bestRank[item] = rank;
      }
    },
    at: (k) => bestRank.reduce((count, rank) => count + Number(rank <= k), 0) / candidates,
  };
}

/**
 * The expectation under random orders, independent among users, exact: an item is missed by all with probability
 * Π (1 − k / open) over the users who may be shown it, `open` being how many items that user may be shown.
 */
export function expectedCoverage(k: number, users: Int32Array, { seen, candidates }: Protocol): number {
  /** `[candidates]`, to be added to the sums over all users: what users say who have seen the item, taken back. */
  const logMiss = new Float64Array(candidates);
  const sureHits = new Int32Array(candidates);
  let logMissOfAll = 0;
  let sureHitsOfAll = 0;
  for (const user of users) {
    const own = itemsOf(seen, user).filter((item) => item < candidates);
    const open = candidates - own.length;
    const isSure = open <= k;
    const log = isSure ? 0 : Math.log1p(-k / open);
    logMissOfAll += log;
    sureHitsOfAll += Number(isSure);
    for (const item of own) {
      logMiss[item] = (logMiss[item] as number) - log;
      sureHits[item] = (sureHits[item] as number) - Number(isSure);
    }
  }
  const shown = logMiss.map((log, item) =>
    sureHitsOfAll + (sureHits[item] as number) > 0 ? 1 : 1 - Math.exp(Math.min(0, logMissOfAll + log)),
  );
  return shown.reduce((sum, value) => sum + value, 0) / candidates;
}
