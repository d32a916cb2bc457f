/**
 * What proposes points. A sampler is a pure function of its settings, the trial's number and what it has seen: a
 * suggestion can be derived again at any time, and whoever asks gets the same.
 */
import { unreachable } from '../errors.ts';
import type { Point, SearchSpace } from './search-space.ts';

export interface SeenTrial {
  readonly number: number;
  readonly point: Point;
  readonly state: 'running' | 'complete' | 'pruned' | 'failed';
  /**
   * One number for each metric, the lower the better, whatever the metric's goal: means over replicates. Of a pruned trial
   * what it had last reported. Absent while it runs and where it failed. Always finite.
   */
  readonly losses?: readonly number[];
  /** Standard error of `losses[0]` over replicates; absent where there was one replicate. */
  readonly noise?: number;
  /** How far a pruned trial got, in its own steps; the further, the more its loss tells. */
  readonly step?: number;
}

export interface Sampler {
  /**
   * The point of a trial; undefined when the space has no further point.
   *
   * @param trial its number: each is asked for once, in any order.
   * @param seen by number, rising, without gaps or with; those that run are among them with their points.
   */
  suggest(trial: number, seen: readonly SeenTrial[]): Point | undefined;
}

interface Seeded {
  readonly seed: number;
}

export type SamplerSpec =
  | { readonly type: 'grid' }
  | ({ readonly type: 'random' } & Seeded)
  | ({ readonly type: 'qmc' } & QmcSettings)
  | ({ readonly type: 'tpe' } & TpeSettings)
  | ({ readonly type: 'cmaes' } & CmaEsSettings)
  | ({ readonly type: 'gp' } & GpSettings)
  | ({ readonly type: 'nsgaii' } & NsgaIISettings);

/** Quasi-Monte Carlo: points that fill the space more evenly than chance does. */
export interface QmcSettings extends Seeded {
  readonly sequence: 'sobol' | 'halton';
  readonly scramble: boolean;
}

/** Tree-structured Parzen estimator. */
export interface TpeSettings extends Seeded {
  /** Random ones before the model is used. */
  readonly startupTrials: number;
  /** Drawn from the density of good points; the most promising is taken. */
  readonly candidates: number;
  /** One density over all parameters together, instead of one for each. */
  readonly multivariate: boolean;
  /** Those that still run count as bad, so that parallel workers do not ask the same. */
  readonly constantLiar: boolean;
}

/** Covariance matrix adaptation. */
export interface CmaEsSettings extends Seeded {
  readonly startupTrials: number;
  /** Of a generation; 4 + ⌊3 ln d⌋ where absent. */
  readonly population?: number;
  /** Initial step in parts of each range. */
  readonly sigma: number;
}

/** Gaussian process with expected improvement. */
export interface GpSettings extends Seeded {
  /** Losses to be seen before the model is used; until then a Latin hypercube. */
  readonly startupTrials: number;
}

/** For several metrics. */
export interface NsgaIISettings extends Seeded {
  readonly population: number;
}

/** Whether what it proposes depends on trials before; if not it is shown none, however many there are. */
export function looksBack({ type }: SamplerSpec): boolean {
  return type !== 'grid' && type !== 'random' && type !== 'qmc';
}

/** Each sampler is the file of its name; loaded when used. */
export async function samplerOf(spec: SamplerSpec, space: SearchSpace): Promise<Sampler> {
  switch (spec.type) {
    case 'grid':
      return (await import('./samplers/grid.ts')).gridSampler(space);
    case 'random':
      return (await import('./samplers/random.ts')).randomSampler(space, spec.seed);
    case 'qmc':
      return (await import('./samplers/qmc.ts')).qmcSampler(space, spec);
    case 'tpe':
      return (await import('./samplers/tpe.ts')).tpeSampler(space, spec);
    case 'cmaes':
      return (await import('./samplers/cmaes.ts')).cmaEsSampler(space, spec);
    case 'gp':
      return (await import('./samplers/gp.ts')).gpSampler(space, spec);
    case 'nsgaii':
      return (await import('./samplers/nsgaii.ts')).nsgaIISampler(space, spec);
    default:
      return unreachable(spec);
  }
}
