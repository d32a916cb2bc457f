/**
 * CMA-ES (Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772) as a function of what was seen: trials that
 * have a loss, by number, are its generations; what it knows is derived from them anew for each suggestion.
 *
 * - It searches the numeric dimensions that are always there. Categorical and conditional ones are drawn at random,
 *   independently of all others, as Optuna's sampler does.
 * - Pruned trials rank behind all complete ones of their generation, among them the further the better, then by loss;
 *   Optuna leaves them out, and with them what is known to be bad. Failed ones are left out.
 * - It begins in the middle of the space, or after startup trials halfway from there to the best of them.
 * - Trials of parallel workers may stem from an older distribution: they count as if they had been injected.
 */
import type { JsonValue } from '../../pipeline/types.ts';
import { randomStream } from '../../random.ts';
import type { CmaEsSettings, Sampler, SeenTrial } from '../sampler.ts';
import { type Dimension, type SearchSpace, sizeOf } from '../search-space.ts';
import { fromUnit, toUnit } from '../unit-interval.ts';
import { drawn } from './cmaes/draw.ts';
import { afterGeneration, type Evaluated, firstRun, type Run, type RunSettings } from './cmaes/run.ts';
import { defaultPopulation } from './cmaes/strategy.ts';
import { randomPoint } from './random.ts';
import { replaySteps } from './replay.ts';

/** What a sweep file that says nothing has. Random trials first cost more evaluations than they save. */
export const cmaEsDefaults: Omit<CmaEsSettings, 'seed'> = { startupTrials: 0, sigma: 1 / 6 };

export function cmaEsSampler(space: SearchSpace, settings: CmaEsSettings): Sampler {
  const { seed, startupTrials } = settings;
  const dimensions = space.filter(isSearched);
  const runAfter = replay(dimensions, settings);
  return {
    suggest(trial, seen) {
      const random = randomPoint(space, seed, trial);
      if (trial < startupTrials || dimensions.length === 0) return random;
      const { distribution, strategy } = runAfter(seen);
      const place = (trial - startupTrials) % strategy.population;
      const generation = trial - place; // by its first trial's number
      const at = drawn(distribution, place, [seed, 'cmaes', generation], randomStream(seed, trial, 'cmaes'));
      const found = dimensions.map((dimension, axis) => [
        dimension.name,
        fromUnit(dimension.distribution, at[axis] ?? 0),
      ]);
      return { ...random, ...Object.fromEntries(found) };
    },
  };
}

function isSearched({ distribution, when }: Dimension): boolean {
  if (distribution.kind === 'categorical' || Object.keys(when).length > 0) return false;
  return sizeOf(distribution) > 1 && distribution.high > distribution.low;
}

/** Seen trials → what is known; generations that were derived before are not derived again. */
function replay(dimensions: readonly Dimension[], settings: CmaEsSettings): (seen: readonly SeenTrial[]) => Run {
  const population = settings.population ?? defaultPopulation(dimensions.length);
  const all: RunSettings = { ...settings, distributions: dimensions.map(({ distribution }) => distribution) };
  const step = replaySteps<Run>();
  return (seen) => {
    const told = seen.filter(({ losses }) => losses !== undefined);
    const isStartup = ({ number }: SeenTrial) => number < settings.startupTrials;
    const mean = startOf(dimensions, told.filter(isStartup));
    const rest = told.filter((trial) => !isStartup(trial));
    let run = step(0, mean, () => firstRun(mean, population, all));
    for (let begin = 0, index = 1; ; index++) {
      const before = run;
      const generation = rest.slice(begin, begin + before.strategy.population);
      if (generation.length < before.strategy.population) return run;
      run = step(index, generation, () => {
        const ranked = [...generation].sort(byRank).map((trial) => evaluated(dimensions, trial));
        return afterGeneration(before, ranked, all);
      });
      begin += generation.length;
    }
  };
}

/** The middle; with startup trials halfway to the best. */
function startOf(dimensions: readonly Dimension[], startup: readonly SeenTrial[]): readonly number[] {
  const [best] = [...startup].sort(byRank);
  const place = best === undefined ? dimensions.map(() => 0.5) : evaluated(dimensions, best).at;
  return place.map((value) => (value + 0.5) / 2);
}

function evaluated(dimensions: readonly Dimension[], { point, losses }: SeenTrial): Evaluated {
  const at = dimensions.map(({ name, distribution }) => toUnit(distribution, point[name] as JsonValue));
  return { at, loss: losses?.[0] ?? Infinity };
}

function byRank(a: SeenTrial, b: SeenTrial): number {
  const pruned = (trial: SeenTrial) => (trial.state === 'pruned' ? 1 : 0);
  const step = (trial: SeenTrial) => (trial.state === 'pruned' ? (trial.step ?? 0) : 0);
  const loss = (trial: SeenTrial) => trial.losses?.[0] ?? Infinity;
  return pruned(a) - pruned(b) || step(b) - step(a) || loss(a) - loss(b) || a.number - b.number;
}
