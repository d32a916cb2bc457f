/** Trials with replicates, for the tests of what is told of them. */
import { randomStream } from '../../src/random.ts';
import type { ReplicatedTrial } from '../../src/statistics/compared-with-best.ts';
import { meanOf } from '../../src/statistics/moments.ts';

export function trialOf(number: number, ...values: readonly number[]): ReplicatedTrial {
  return { number, values };
}

/** The values are the means of the units. */
export function withUnits(number: number, ...rows: readonly (readonly number[])[]): ReplicatedTrial {
  const units = rows.map((row) => Float64Array.from(row));
  return { number, values: units.map(meanOf), units };
}

/** Around `mean`, with a standard deviation of 1 that every trial has of its own, and 1 that its seeds share with others. */
export function normalTrial(number: number, mean: number, replicates: number, stream: number): ReplicatedTrial {
  const own = randomStream(stream, 'own', number);
  const shared = randomStream(stream, 'shared');
  return { number, values: Array.from({ length: replicates }, () => mean + own.normal() + shared.normal()) };
}
