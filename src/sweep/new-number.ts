/** Which new trial a worker tries for, so that a thousand that ask at once do not all try for the same. */
import type { TrialClaims } from './trial-claims.ts';

export interface NewNumbers {
  /**
   * One that nobody is known to have: the lowest, and after each that was lost any of twice as many.
   *
   * @param numbers rising, without an end or with
   */
  pick(numbers: Iterable<number>): Promise<number | undefined>;
  /** Another was faster. */
  lost(number: number): void;
  /** The space has no point for it, nor for any beyond. */
  endAt(number: number): void;
  /** Those that are claimed and not on record: asked just now, or by one that died before it could say so. */
  unrecorded(): number[];
}

const mostDoublings = 10;

/** @param crowded many others are at work: the lowest that is not on record is claimed for certain */
export function newNumberPicker(claims: TrialClaims, crowded: boolean): NewNumbers {
  const taken = new Set<number>();
  let losses = 0;
  let listed: number | undefined;
  let end = Number.POSITIVE_INFINITY;
  const list = async (number: number) => {
    if (listed !== undefined && claims.areBeside(listed, number)) return;
    for (const claimed of await claims.claimedBeside(number)) taken.add(claimed);
    listed = number;
  };
  const passed = new Set<number>();
  return {
    pick: async (numbers) => {
      const free: number[] = [];
      for (const number of numbers) {
        if (number >= end) break;
        if (crowded || losses > 0) await list(number);
        if (taken.has(number)) passed.add(number);
        else free.push(number);
        if (free.length === 2 ** Math.min(losses, mostDoublings)) break;
      }
      return free[Math.floor(Math.random() * free.length)];
    },
    lost: (number) => {
      losses++;
      taken.add(number);
      passed.add(number);
      listed = undefined;
    },
    endAt: (number) => {
      end = Math.min(end, number);
    },
    unrecorded: () => [...passed].filter((number) => number < end),
  };
}
