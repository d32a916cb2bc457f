/**
 * Bayesian optimisation: a Gaussian process (Matérn 5/2, a lengthscale for each dimension) is fitted to the losses seen,
 * and the point taken whose logarithm of expected improvement is the greatest.
 */
import type { GpSettings, Sampler, SeenTrial } from '../sampler.ts';
import { pointKey, type SearchSpace } from '../search-space.ts';
import { mostPromising } from './gaussian-process/acquisition.ts';
import { candidateUnits } from './gaussian-process/candidates.ts';
import { latinHypercube } from './gaussian-process/design.ts';
import { categoricalsOf, inputsOf, pointOf } from './gaussian-process/encoding.ts';
import { fit } from './gaussian-process/fit.ts';
import { lossesOf, type Observed, observedOf } from './gaussian-process/losses.ts';
import type { Observations } from './gaussian-process/model.ts';
import { type Posterior, posteriorOf } from './gaussian-process/posterior.ts';
import { standardise } from './gaussian-process/standardise.ts';
import { subsetOf } from './gaussian-process/subset.ts';

/** What a sweep file that says nothing has. */
export const gpDefaults: Omit<GpSettings, 'seed'> = { startupTrials: 10 };

/** The model takes no more trials than this (its cost grows with their cube), and of those that ended without a loss so many. */
const modelled = 200;
const lossless = 50;
/** The search begins around so many of the best, too. */
const incumbents = 5;

export function gpSampler(space: SearchSpace, { seed, startupTrials }: GpSettings): Sampler {
  const size = Math.max(1, startupTrials);
  return {
    suggest: (trial, seen) => {
      const observed = observedOf(seen);
      return observed.length < size
        ? pointOf(space, latinHypercube(space, size, seed, trial))
        : suggestByModel(space, seed, trial, seen, observed);
    },
  };
}

function suggestByModel(
  space: SearchSpace,
  seed: number,
  trial: number,
  seen: readonly SeenTrial[],
  observed: readonly Observed[],
) {
  const losses = lossesOf(observed, seed, trial);
  const subset = subsetOf(losses, modelled);
  const chosen = subset.map((i) => observed[i] as Observed);
  const observations = observationsOf(
    space,
    chosen,
    Float64Array.from(subset, (i) => losses[i] as number),
  );
  const model = fit(observations, categoricalsOf(space));
  const believed = believing(
    posteriorOf(model, observations),
    observations,
    inputsOf(space, unobserved(seen, observed)),
  );
  const posterior = posteriorOf(model, believed);
  const best = bestOf(posterior, believed);
  const ranked = [...subset.keys()].sort((a, b) => (observations.y[a] as number) - (observations.y[b] as number));
  const centres = ranked.slice(0, incumbents).map((i) => (chosen[i] as Observed).point);
  const taken = new Set(seen.map(({ point }) => pointKey(point)));
  return mostPromising({ space, posterior, best }, candidateUnits(space, centres, seed, trial), taken);
}

function observationsOf(space: SearchSpace, chosen: readonly Observed[], losses: Float64Array): Observations {
  const several = (chosen[0]?.losses.length ?? 1) > 1;
  const errors = Float64Array.from(chosen, ({ noise }) => (several ? 0 : (noise ?? 0))); // of a norm it is not known
  return { x: inputsOf(space, chosen), ...standardise(losses, errors) };
}

/**
 * Those that run, and the latest that ended without a loss: neither says how good its point is, and asking beside them
 * again would learn what another is about to tell, or end the same way.
 */
function unobserved(seen: readonly SeenTrial[], observed: readonly SeenTrial[]): readonly SeenTrial[] {
  const known = new Set(observed);
  const [running, ended] = [true, false].map((runs) =>
    seen.filter((trial) => !known.has(trial) && (trial.state === 'running') === runs),
  ) as [SeenTrial[], SeenTrial[]];
  return [...running, ...ended.slice(-lossless)];
}

/** Kriging believer (Ginsbourger et al. 2010): at `inputs` (m×d) the losses that the model expects count as observed. */
function believing(posterior: Posterior, { x, y, noise }: Observations, inputs: Float64Array): Observations {
  const d = x.length / y.length;
  const means = Array.from({ length: inputs.length / d }, (_, i) => posterior.at(rowOf(inputs, i, d)).mean);
  return {
    x: Float64Array.from([...x, ...inputs]),
    y: Float64Array.from([...y, ...means]),
    noise: Float64Array.from([...noise, ...means.map(() => 0)]),
  };
}

/**
 * The least loss. Of one whose noise is known what the model expects there counts, as it may owe the rest to chance; others
 * are what they are: where the model takes a misfit for noise, it would else go on for long to ask for the same again.
 */
function bestOf(posterior: Posterior, { x, y, noise }: Observations): number {
  const d = x.length / y.length;
  return y.reduce((least, loss, i) => {
    const counted = (noise[i] as number) > 0 ? posterior.at(rowOf(x, i, d)).mean : loss;
    return Math.min(least, counted);
  }, Infinity);
}

function rowOf(rows: Float64Array, i: number, d: number): Float64Array {
  return rows.subarray(i * d, (i + 1) * d);
}
