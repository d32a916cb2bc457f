/** Which of the trials are the good ones. */
import { crowdingDistances, paretoFront } from '../../../statistics/pareto.ts';
import type { SeenTrial } from '../../sampler.ts';

export interface Split {
  readonly good: readonly SeenTrial[];
  /** The others, also those that run. */
  readonly bad: readonly SeenTrial[];
  /**
   * By how much each good one is better than the best of the others, over the mean: Watanabe 2023 weighs them so. All 1
   * where there are several losses, or nothing complete to be better than.
   */
  readonly weights: Float64Array;
}

/** Complete ones come before pruned ones, and of those the one that got farther, then the lower loss: as in Optuna. */
export function splitTrials(trials: readonly SeenTrial[]): Split {
  const complete = trials.filter(({ state }) => state === 'complete');
  const pruned = trials.filter(({ state }) => state === 'pruned');
  const count = goodCount(complete.length + pruned.length);
  const several = complete.some(({ losses = [] }) => losses.length > 1);
  const good = new Set((several ? leastDominated : lowest)(complete, count));
  for (const trial of pruned.sort(byProgress)) if (good.size < count) good.add(trial);
  const [chosen, others] = [trials.filter((one) => good.has(one)), trials.filter((one) => !good.has(one))];
  const weights = several ? alike(chosen.length) : improvements(chosen, others);
  return { good: chosen, bad: thinned(others), weights };
}

/** So many of the others tell where those are: further ones change their density by little, and each costs as much. */
const mostOthers = 5_000;

/** All that run, and of those that ended some, as evenly as they come. */
function thinned(others: readonly SeenTrial[]): readonly SeenTrial[] {
  if (others.length <= mostOthers) return others;
  const running = others.filter(({ state }) => state === 'running');
  const ended = others.filter(({ state }) => state !== 'running');
  const count = Math.max(0, mostOthers - running.length);
  return [
    ...running,
    ...Array.from({ length: count }, (_, at) => ended[Math.floor((at * ended.length) / count)] ?? []),
  ].flat();
}

function improvements(good: readonly SeenTrial[], bad: readonly SeenTrial[]): Float64Array {
  const complete = bad.filter(({ state }) => state === 'complete');
  const threshold = complete.reduce((least, trial) => Math.min(least, firstLoss(trial)), Infinity);
  const gains = Float64Array.from(good, (trial) => Math.max(0, threshold - firstLoss(trial)));
  const mean = gains.reduce((sum, gain) => sum + gain / gains.length, 0);
  return mean > 0 && mean < Infinity ? gains.map((gain) => gain / mean) : alike(good.length);
}

function alike(count: number): Float64Array {
  return new Float64Array(count).fill(1);
}

/** γ; Watanabe 2023 recommends .15 of those that are finished, and Optuna no more than 25. */
function goodCount(finished: number): number {
  return Math.min(25, Math.ceil(0.15 * finished));
}

function lowest(trials: readonly SeenTrial[], count: number): readonly SeenTrial[] {
  return [...trials].sort((a, b) => firstLoss(a) - firstLoss(b) || a.number - b.number).slice(0, count);
}

function byProgress(a: SeenTrial, b: SeenTrial): number {
  return (b.step ?? -1) - (a.step ?? -1) || firstLoss(a) - firstLoss(b) || a.number - b.number;
}

/** The value of a pruned trial that reported none is worse than any. */
function firstLoss({ losses }: SeenTrial): number {
  return losses?.[0] ?? Number.MAX_VALUE;
}

/** Pareto front by Pareto front (Ozaki et al. 2022, MOTPE); of the last, those that have the most space around them. */
function leastDominated(trials: readonly SeenTrial[], count: number): readonly SeenTrial[] {
  const good: SeenTrial[] = [];
  for (let left = trials; good.length < count && left.length > 0; ) {
    const front = new Set(paretoFront(left.map(({ losses = [] }) => losses)));
    const first = left.filter((_, at) => front.has(at));
    good.push(...spread(first, count - good.length));
    left = left.filter((_, at) => !front.has(at));
  }
  return good;
}

function spread(front: readonly SeenTrial[], count: number): readonly SeenTrial[] {
  if (front.length <= count) return front;
  const distances = crowdingDistances(front.map(({ losses = [] }) => losses));
  const distance = (at: number) => Math.min(distances[at] ?? 0, Number.MAX_VALUE);
  const order = front.map((_, at) => at).sort((a, b) => distance(b) - distance(a) || a - b);
  return order.slice(0, count).flatMap((at) => front[at] ?? []);
}
