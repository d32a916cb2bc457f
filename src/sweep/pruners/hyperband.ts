/**
 * Hyperband (Li et al., JMLR 18, 2018), asynchronous, as Optuna's `HyperbandPruner` has it: brackets of successive halving
 * that begin to judge later and later, for where early values say little.
 */
import { sha256 } from '../../hash.ts';
import type { HalvingSettings, Pruner } from '../pruner.ts';
import { ashaPruner } from './asha.ts';
import type { Shown } from './curves.ts';

export interface Bracket {
  /** Of its ASHA: the first rung of bracket b is minStep · reduction^b. */
  readonly settings: HalvingSettings;
  /** How many trials it gets of every so many as all shares add up to. */
  readonly share: number;
}

/**
 * ⌊log_reduction(maxStep / minStep)⌋ + 1 of them; the last judges once at most. Shares are the paper's numbers of
 * configurations (Algorithm 1): ⌈brackets · reduction^s / (s + 1)⌉ where s further brackets follow, so that each bracket
 * spends about the same number of steps.
 */
export function bracketsOf(settings: HalvingSettings): Bracket[] {
  const { minStep, maxStep, reduction } = settings;
  if (!(minStep > 0 && reduction > 1)) throw new RangeError('brackets need minStep above 0 and reduction above 1');
  const firsts: number[] = [];
  for (let first = minStep; first <= maxStep; first = minStep * reduction ** firsts.length) firsts.push(first);
  return firsts.map((first, at) => {
    const further = firsts.length - 1 - at;
    const share = Math.ceil((firsts.length * reduction ** further) / (further + 1));
    return { settings: { minStep: first, maxStep, reduction }, share };
  });
}

/**
 * The bracket of a trial, from 0: by a hash of its number, so that all who ask get the same, and no bracket gets the trials
 * of one stretch of the study, or of one place in a sampler's sequence.
 */
export function bracketAt(brackets: readonly Bracket[], trial: number): number {
  const total = brackets.reduce((sum, { share }) => sum + share, 0);
  let place = Buffer.from(sha256(`hyperband/${trial}`), 'hex').readUInt32LE(0) % total;
  return brackets.findIndex(({ share }) => {
    place -= share;
    return place < 0;
  });
}

/** Trials are judged among those of their own bracket. */
export function hyperbandPruner(settings: HalvingSettings, shown: Shown): Pruner {
  const brackets = bracketsOf(settings);
  const pruners = brackets.map((bracket) => ashaPruner(bracket.settings, shown));
  return {
    shouldPrune: (trial, others) => {
      const own = bracketAt(brackets, trial.number);
      const rivals = others.filter(({ number }) => bracketAt(brackets, number) === own);
      const reason = pruners[own]?.shouldPrune(trial, rivals);
      return reason === undefined ? undefined : `in bracket ${own + 1} of ${brackets.length}, ${reason}`;
    },
  };
}
