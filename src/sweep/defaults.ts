/** What samplers and pruners are where nothing else is said. */
import type { PrunerSpec } from './pruner.ts';
import type { SamplerSpec } from './sampler.ts';
import { cmaEsDefaults } from './samplers/cmaes.ts';
import { gpDefaults } from './samplers/gp.ts';
import { nsgaIIDefaults } from './samplers/nsgaii.ts';
import { qmcDefaults } from './samplers/qmc.ts';
import { tpeDefaults } from './samplers/tpe.ts';

type Given<Spec extends { readonly type: string }> = Partial<Spec> & Pick<Spec, 'type'>;

/** A seed of 1, and each sampler's own settings. */
export function defaultSampler(given: Given<SamplerSpec>): SamplerSpec {
  return { ...samplerDefaults[given.type], ...given } as SamplerSpec;
}

const seed = 1;
const samplerDefaults: Readonly<Record<SamplerSpec['type'], object>> = {
  grid: {},
  random: { seed },
  qmc: { seed, ...qmcDefaults },
  tpe: { seed, ...tpeDefaults },
  cmaes: { seed, ...cmaEsDefaults },
  gp: { seed, ...gpDefaults },
  nsgaii: { seed, ...nsgaIIDefaults },
};

export function defaultPruner(given: Given<PrunerSpec>): PrunerSpec {
  return { ...prunerDefaults[given.type], ...given } as PrunerSpec;
}

const median = { startupTrials: 5, warmupSteps: 0, minTrials: 1 };
const halving = { minStep: 1, maxStep: 100, reduction: 3 };
const prunerDefaults: Readonly<Record<PrunerSpec['type'], object>> = {
  median,
  percentile: { percentile: 50, ...median },
  asha: halving,
  hyperband: halving,
  patience: { patience: 1, minDelta: 0 },
  threshold: { lower: -Infinity, upper: Infinity, warmupSteps: 0 },
};
