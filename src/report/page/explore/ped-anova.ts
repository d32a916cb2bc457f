/**
 * How important a param is for being among the best: PED-ANOVA (Watanabe, Bansal and Hutter, "PED-ANOVA: Efficiently
 * Quantifying Hyperparameter Importance in Arbitrary Subspaces", IJCAI 2023), and for params that are not always set its
 * conditional form (condPED-ANOVA, arXiv 2601.20800). A param is important where the density of its values among the best
 * γ of all differs from that among all: the Pearson divergence of the two, both estimated on a grid of at most 50 places.
 * As in Optuna 5, whose numbers `ped-anova.test.ts` holds.
 */
import type { Column } from './columns.ts';
import { gridOf } from './param-grid.ts';
import { parzenOf } from './parzen.ts';

/** The share of the best: γ′ in the paper, with the whole as its γ. */
export const bestShare = 0.1;

/** Optuna's advice: with fewer among the best the densities say nothing. */
export const fewestBest = 5;

/** A regime with fewer says nothing. */
const fewestOfRegime = 2;

export interface BestOf {
  /** Places of those with a value. */
  readonly all: readonly number[];
  /** Those of the best γ, and all that are as good as the last of them. */
  readonly best: readonly number[];
}

/** @param losses the lower the better; undefined: no value. */
export function bestOf(losses: readonly (number | undefined)[]): BestOf {
  const all = losses.flatMap((loss, at) => (loss === undefined ? [] : [at]));
  const sorted = Float64Array.from(all, (at) => losses[at] ?? 0).sort();
  const worst = sorted[Math.ceil(bestShare * sorted.length) - 1] ?? Number.NEGATIVE_INFINITY;
  return { all, best: all.filter((at) => (losses[at] ?? 0) <= worst) };
}

/** In an order of importance; not of parts: shares are for who knows all params. */
export function pedAnova({ cells, isNumeric }: Pick<Column, 'cells' | 'isNumeric'>, { all, best }: BestOf): number {
  const isSet = (at: number) => cells[at] !== undefined;
  const [allSet, bestSet] = [all.filter(isSet), best.filter(isSet)];
  const grid = gridOf(cells, allSet, isNumeric);
  if (allSet.length < fewestOfRegime || bestSet.length === 0 || grid.size < 2) return 0;
  const [ofAll, ofBest] = [allSet, bestSet].map((places) => parzenOf(grid.counts(places), isNumeric));
  if (ofAll === undefined || ofBest === undefined) return 0;
  const [bestRate, rate] = [bestSet.length / best.length, allSet.length / all.length];
  return (bestRate ** 2 / rate) * divergence(ofBest, ofAll) * (best.length / all.length) ** 2;
}

/** Pearson's, of two densities on one grid. */
function divergence(best: Float64Array, all: Float64Array): number {
  return all.reduce((sum, density, at) => {
    const [p, q] = [(best[at] ?? 0) + 1e-12, density + 1e-12];
    return sum + q * (p / q - 1) ** 2;
  }, 0);
}

/** Each as its part of all. */
export function sharesOf(importances: readonly number[]): number[] {
  const sum = importances.reduce((a, b) => a + b, 0);
  return importances.map((importance) => (sum > 0 ? importance / sum : 0));
}
