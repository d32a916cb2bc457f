/** The sentence at the end of a sweep and at the head of its page: whether the best is distinguishable from the second. */
import type { ComparedWithBest, Comparison } from '../statistics/compared-with-best.ts';
import { seedsNeeded } from '../statistics/seeds-needed.ts';
import type { TTest } from '../statistics/student-t.ts';
import { formatNumber } from './format.ts';
import { pNumber } from './numbers.ts';

const alpha = 0.05;

/**
 * Differences are told as advantages of the best, in the unit of the metric.
 *
 * @param raced whether a race has put all others out, so that they get no further seeds
 */
export function verdict({ best, comparisons }: ComparedWithBest, raced = false): string {
  const [second] = comparisons;
  if (second === undefined) return `trial ${best} is the only one with a value`;
  const { trial, differences, mean, test, alike } = second;
  const lead = `trial ${best} leads trial ${trial} by ${formatNumber(mean)}`;
  if (differences.length === 1) return `${lead}, ${oneRunEach(second)}`;
  if (alike === true)
    return `${lead} in each of ${differences.length} replicates: where nothing varies, and there are no units, there is no test`;
  if (test === undefined && raced)
    return `${lead} over ${differences.length} replicates; the race put the others out by these (paired t test), too few for an interval`;
  if (test === undefined)
    return `${lead} over ${differences.length} replicates, too few to tell it from chance; ${seedsText(second)}`;
  const count = comparisons.filter((comparison) => comparison.test !== undefined).length;
  const tested = `${ranged(test)} (${pText(test.holm)}${count > 1 ? ` after Holm over ${count} comparisons` : ''})`;
  if (test.holm >= alpha)
    return `trial ${best} is not distinguishable from trial ${trial}: a lead of ${tested}; ${seedsText(second)}`;
  if (mean > 0) return `trial ${best} is better than trial ${trial} by ${tested}`;
  return `trial ${best} is worse than trial ${trial} in the replicates that both have: ${tested}`;
}

function oneRunEach({ unitCount, ofTheseRuns }: Comparison): string {
  const chance = 'one run each: chance alone may decide between them; add seeds';
  if (ofTheseRuns === undefined) return chance;
  return `${chance} (over the ${unitCount} units of these two runs alone: ${ranged(ofTheseRuns)}, ${pText(ofTheseRuns.p)})`;
}

/** How many more would tell them apart, at the level that Holm's correction leaves to this comparison. */
function seedsText({ differences, test, least, unitCount }: Comparison): string {
  const { length } = differences;
  const level = test === undefined || test.holm === 0 ? alpha : (alpha * test.p) / test.holm;
  const needed = seedsNeeded(differences, level);
  if (needed === 'more than 1,000') return 'more than 1,000 seeds would be needed';
  if (needed === undefined && test !== undefined) return 'how many seeds would tell them apart cannot be said';
  const more = Math.max(needed ?? 0, least) - length;
  if (more > 0) return `about ${more} more ${more === 1 ? 'seed' : 'seeds'} needed`;
  return `more seeds alone would not tell them apart: ${unitCount} units are too few`;
}

function ranged({ mean, interval: [low, high] }: Pick<TTest, 'mean' | 'interval'>): string {
  return `${formatNumber(mean)} [${formatNumber(low)}, ${formatNumber(high)}]`;
}

/** `p = .032`, `p < .001`. */
export function pText(p: number): string {
  return p < 0.001 ? `p ${pNumber(p)}` : `p = ${pNumber(p)}`;
}
