/** How many replicates it would take to tell two trials apart. */
import { meanOf, standardDeviationOf } from './moments.ts';
import { tQuantile } from './student-t.ts';

const mostSeeds = 1000;

/**
 * About how many in all, so that a paired t test, two-sided, finds a difference as large as the one observed with a power of
 * 80 %: the smallest n ≥ 2 with n ≥ ((t(1 − α/2, n − 1) + t(0.8, n − 1)) · sd / mean)² (Zar, Biostatistical Analysis). What
 * was observed on few seeds is rough, and so is this.
 *
 * @param differences `[replicates]` between paired values.
 * @param alpha below which p is to fall.
 * @returns undefined where it cannot be told: of fewer than two, or where they do not vary, or have a mean of 0.
 */
export function seedsNeeded(differences: readonly number[], alpha = 0.05): number | 'more than 1,000' | undefined {
  if (differences.length < 2) return undefined;
  const effect = Math.abs(meanOf(differences)) / standardDeviationOf(differences);
  if (!(effect > 0 && effect < 1e14)) return undefined;
  for (let seeds = 2; seeds <= mostSeeds; seeds++) {
    const distance = tQuantile(1 - alpha / 2, seeds - 1) + tQuantile(0.8, seeds - 1);
    if (seeds >= (distance / effect) ** 2) return seeds;
  }
  return 'more than 1,000';
}
