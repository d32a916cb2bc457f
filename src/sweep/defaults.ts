/** What samplers and pruners are where nothing else is said. */
import type { PrunerSpec } from './pruner.ts';
import type { SamplerSpec } from './sampler.ts';

type Given<Spec extends { readonly type: string }> = Partial<Spec> & Pick<Spec, 'type'>;

/** A seed of 1, and the settings that did best over the functions of bench/search. */
export function defaultSampler(given: Given<SamplerSpec>): SamplerSpec {
  switch (given.type) {
    case 'grid':
      return { type: 'grid' };
    case 'random':
      return { seed: 1, ...given } as SamplerSpec;
    case 'qmc':
      return { seed: 1, sequence: 'sobol', scramble: true, ...given } as SamplerSpec;
    case 'tpe':
      return {
        ...{ seed: 1, startupTrials: 10, candidates: 24, multivariate: true, constantLiar: true },
        ...given,
      } as SamplerSpec;
    case 'cmaes':
      return { seed: 1, startupTrials: 1, sigma: 1 / 6, ...given } as SamplerSpec;
    case 'gp':
      return { seed: 1, startupTrials: 10, ...given } as SamplerSpec;
    case 'nsgaii':
      return { seed: 1, population: 50, ...given } as SamplerSpec;
  }
}

export function defaultPruner(given: Given<PrunerSpec>): PrunerSpec {
  switch (given.type) {
    case 'median':
      return { startupTrials: 5, warmupSteps: 0, minTrials: 1, ...given } as PrunerSpec;
    case 'percentile':
      return { percentile: 50, startupTrials: 5, warmupSteps: 0, minTrials: 1, ...given } as PrunerSpec;
    case 'asha':
    case 'hyperband':
      return { minStep: 1, maxStep: 100, reduction: 3, ...given } as PrunerSpec;
    case 'patience':
      return { patience: 1, minDelta: 0, ...given } as PrunerSpec;
    case 'threshold':
      return { lower: -Infinity, upper: Infinity, warmupSteps: 0, ...given } as PrunerSpec;
  }
}
