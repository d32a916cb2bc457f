/** Independent draws. A trial's point depends on the seed and its number alone, whoever asks and when. */
import { unreachable } from '../../errors.ts';
import type { JsonValue } from '../../pipeline/types.ts';
import { type RandomStream, randomStream } from '../../random.ts';
import type { Sampler } from '../sampler.ts';
import { type Distribution, isActive, type SearchSpace, sizeOf, stepped } from '../search-space.ts';

export function randomSampler(space: SearchSpace, seed: number): Sampler {
  return {
    suggest: (trial) => {
      const point: Record<string, JsonValue> = {};
      for (const dimension of space)
        if (isActive(dimension, point))
          point[dimension.name] = draw(dimension.distribution, randomStream(seed, trial, dimension.name));
      return point;
    },
  };
}

function draw(distribution: Distribution, random: RandomStream): JsonValue {
  switch (distribution.kind) {
    case 'categorical':
      return distribution.values[random.integer(0, distribution.values.length - 1)] ?? null;
    case 'int':
      return drawInt(distribution, random);
    case 'float':
      return drawFloat(distribution, random);
    default:
      return unreachable(distribution);
  }
}

function drawInt(distribution: Extract<Distribution, { kind: 'int' }>, random: RandomStream): number {
  const { low, high, log, step } = distribution;
  if (!log) return low + step * random.integer(0, sizeOf(distribution) - 1);
  // Each whole number has the share of the log scale that lies around it.
  const value = Math.round(between(Math.log(low - 0.5), Math.log(high + 0.5), random, Math.exp));
  return Math.min(high, Math.max(low, value));
}

function drawFloat(distribution: Extract<Distribution, { kind: 'float' }>, random: RandomStream): number {
  const { low, high, log, step } = distribution;
  if (log) return Math.min(high, Math.max(low, between(Math.log(low), Math.log(high), random, Math.exp)));
  if (step === undefined) return between(low, high, random, (value) => value);
  return stepped(low, step, random.integer(0, sizeOf(distribution) - 1));
}

function between(low: number, high: number, random: RandomStream, back: (value: number) => number): number {
  return back(low + (high - low) * random.uniform());
}
