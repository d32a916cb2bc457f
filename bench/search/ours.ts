/** Retrial's samplers at their defaults: what they find, and what a suggestion costs. */
import { randomStream } from '../../src/random.ts';
import { defaultSampler } from '../../src/sweep/defaults.ts';
import { type Sampler, type SamplerSpec, type SeenTrial, samplerOf } from '../../src/sweep/sampler.ts';
import { randomPoint } from '../../src/sweep/samplers/random.ts';
import { median } from '../engine/measure.ts';
import { functions, lossAt, type TestFunction } from './functions.ts';

const specs: Readonly<Record<string, (seed: number) => SamplerSpec>> = {
  random: (seed) => defaultSampler({ type: 'random', seed }),
  qmc: (seed) => defaultSampler({ type: 'qmc', seed }),
  cmaes: (seed) => defaultSampler({ type: 'cmaes', seed }),
  tpe: (seed) => defaultSampler({ type: 'tpe', seed }),
  'tpe-univariate': (seed) => defaultSampler({ type: 'tpe', seed, multivariate: false }),
  gp: (seed) => defaultSampler({ type: 'gp', seed }),
};

/** The least value after so many evaluations, one after the other. */
export async function bestOf(name: string, on: TestFunction, trials: number, seed: number): Promise<number> {
  const sampler = await samplerOf(specOf(name, seed), on.space);
  const seen: SeenTrial[] = [];
  for (let number = 0; number < trials; number++) seen.push(evaluated(sampler, on, seen, number));
  return Math.min(...seen.map(({ losses }) => losses?.[0] ?? Infinity));
}

/**
 * Milliseconds of processor time of a suggestion after each of `counts` trials (rising), medians of `repeats`. What was
 * seen are random points, except for a sampler that goes on from its own.
 */
export async function costOf(
  name: string,
  on: TestFunction,
  counts: readonly number[],
  repeats: number,
): Promise<readonly number[]> {
  const sampler = await samplerOf(specOf(name, 1), on.space);
  const random: Sampler = { suggest: (trial) => randomPoint(on.space, 2, trial) };
  const seen: SeenTrial[] = [];
  const grow = (by: Sampler) => seen.push(evaluated(by, on, seen, seen.length));
  return counts.map((count) => {
    while (seen.length < count) grow(goesOn(name) ? sampler : random);
    return median(
      Array.from({ length: repeats }, () => {
        const began = process.cpuUsage();
        grow(sampler);
        const { user, system } = process.cpuUsage(began);
        return (user + system) / 1000;
      }),
    );
  });
}

/** Whether its state comes from the points it proposed, so that random ones tell it nothing. */
function goesOn(name: string): boolean {
  return name === 'cmaes';
}

/** Points of each function with their values, for another implementation to be checked against. */
export function pointsToCheck(): Record<string, { x: number[]; value: number }[]> {
  const random = randomStream(1, 'check');
  const points = ({ space, value }: TestFunction) =>
    Array.from({ length: 5 }, () => {
      const x = space.map(({ distribution: d }) =>
        d.kind === 'float' ? d.low + random.uniform() * (d.high - d.low) : 0,
      );
      return { x, value: value(x) };
    });
  return Object.fromEntries(Object.entries(functions).map(([name, on]) => [name, points(on)]));
}

function specOf(name: string, seed: number): SamplerSpec {
  const spec = specs[name];
  if (spec === undefined) throw new Error(`no sampler ${name}; there are: ${Object.keys(specs).join(', ')}`);
  return spec(seed);
}

function evaluated(sampler: Sampler, on: TestFunction, seen: readonly SeenTrial[], number: number): SeenTrial {
  const point = sampler.suggest(number, seen);
  if (point === undefined) throw new Error('the space has an end');
  return { number, point, state: 'complete', losses: [lossAt(on, point)] };
}
