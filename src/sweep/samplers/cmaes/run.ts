/** What CMA-ES knows after some generations; where it has converged it begins anew elsewhere, with twice the population. */
import { randomStream } from '../../../random.ts';
import type { Distribution } from '../../search-space.ts';
import { initialDistribution, type NormalDistribution, updated } from './distribution.ts';
import { withMargin } from './margin.ts';
import { type Strategy, strategyOf } from './strategy.ts';

export interface Run {
  readonly strategy: Strategy;
  readonly distribution: NormalDistribution;
  /** How many runs came before. */
  readonly restarts: number;
  /** Lowest and highest loss of this run. */
  readonly extent: readonly [number, number];
  /** Generations in succession without any difference in loss worth the name. */
  readonly flat: number;
}

/** A trial whose loss is known: its place in the unit cube. */
export interface Evaluated {
  readonly at: readonly number[];
  readonly loss: number;
}

export interface RunSettings {
  readonly seed: number;
  readonly sigma: number;
  readonly distributions: readonly Distribution[];
}

const flatShare = 1e-9; // of the run's extent of losses
const flatGenerations = 2;
const leastStep = 1e-9; // of each range
const worstCondition = 1e14; // of the covariance

export function firstRun(mean: readonly number[], population: number, settings: RunSettings): Run {
  return runFrom(mean, population, 0, settings);
}

/** @param ranked one generation, best first */
export function afterGeneration(run: Run, ranked: readonly Evaluated[], settings: RunSettings): Run {
  const { strategy } = run;
  const moved = updated(
    run.distribution,
    strategy,
    ranked.map(({ at }) => at),
  );
  const distribution = withMargin(moved, settings.distributions, strategy.population);
  const losses = ranked.map(({ loss }) => loss);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const extent = [Math.min(run.extent[0], low), Math.max(run.extent[1], high)] as const;
  const flat = high - low <= flatShare * (extent[1] - extent[0]) ? run.flat + 1 : 0;
  const next = { ...run, distribution, extent, flat };
  return hasConverged(next) ? restarted(next, settings) : next;
}

/** In the spirit of Hansen's tutorial, B.3: TolFun, TolX and ConditionCov, in terms free of any scale. */
function hasConverged({ distribution, flat }: Run): boolean {
  const { scales, step, covariance } = distribution;
  const widest = step * Math.sqrt(Math.max(...covariance.diagonal()));
  const condition = (Math.max(...scales) / Math.min(...scales)) ** 2;
  return flat >= flatGenerations || widest < leastStep || condition > worstCondition;
}

/** IPOP (Auger and Hansen, "A Restart CMA Evolution Strategy With Increasing Population Size", CEC 2005). */
function restarted(run: Run, settings: RunSettings): Run {
  const restarts = run.restarts + 1;
  const random = randomStream(settings.seed, 'cmaes restart', restarts);
  const mean = run.distribution.mean.map(() => random.uniform());
  return runFrom(mean, 2 * run.strategy.population, restarts, settings);
}

function runFrom(mean: readonly number[], population: number, restarts: number, settings: RunSettings): Run {
  const strategy = strategyOf(mean.length, population);
  const wide = initialDistribution(mean, settings.sigma);
  const distribution = withMargin(wide, settings.distributions, population);
  return { strategy, distribution, restarts, extent: [Infinity, -Infinity], flat: 0 };
}
