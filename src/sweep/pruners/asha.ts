/**
 * Asynchronous successive halving (Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020) in its
 * stopping form, as Optuna's `SuccessiveHalvingPruner` has it: a trial is judged when it gets to a rung, and not again
 * before the next one.
 */
import type { CurveOf, HalvingSettings, Pruner } from '../pruner.ts';
import { lossAtRung, orWorst, type Shown } from './curves.ts';

/** Steps at which trials are judged: minStep · reduction^k below maxStep, where there is nothing left to save. */
export function rungsOf({ minStep, maxStep, reduction }: HalvingSettings): number[] {
  if (!(minStep > 0 && reduction > 1)) throw new RangeError('rungs need minStep above 0 and reduction above 1');
  const rungs: number[] = [];
  for (let rung = minStep; rung < maxStep; rung = minStep * reduction ** rungs.length) rungs.push(rung);
  return rungs;
}

/**
 * Of n trials that have got to a rung, whatever became of them, the best ⌊n / reduction⌋ go on, and at least one: the paper
 * would have the first ones wait until there are `reduction` of them, but a trial that runs cannot wait, and to let all of
 * the first go on would give `reduction` of them a rung for nothing. Equal ones go on together. A trial whose value is not
 * finite never does.
 */
export function ashaPruner(settings: HalvingSettings, shown: Shown): Pruner {
  const rungs = rungsOf(settings);
  return {
    shouldPrune: ({ curve }, others) => {
      const last = curve.at(-1);
      if (last === undefined) return undefined;
      const before = curve.at(-2)?.step ?? -Infinity;
      const reached = rungs.filter((rung) => before < rung && rung <= last.step);
      if (reached.length > 0 && orWorst(last.value) === Infinity)
        return `at step ${last.step} it reported ${last.value}`;
      for (const rung of reached) {
        const reason = judgedAt(rung, orWorst(last.value), others, settings.reduction, shown);
        if (reason !== undefined) return `at step ${last.step} ${reason}`;
      }
      return undefined;
    },
  };
}

function judgedAt(
  rung: number,
  loss: number,
  others: readonly CurveOf[],
  reduction: number,
  shown: Shown,
): string | undefined {
  const rivals = others.flatMap(({ curve }) => lossAtRung(curve, rung) ?? []);
  const trials = rivals.length + 1;
  const goOn = Math.max(1, Math.floor(trials / reduction));
  const better = rivals.filter((rival) => rival < loss).sort((a, b) => a - b);
  if (better.length < goOn) return undefined;
  const bar = `${shown(better[goOn - 1] as number)} or better`;
  const kept = goOn === 1 ? `the best one goes on, with ${bar}` : `the best ${goOn} go on, with ${bar}`;
  return `it was number ${better.length + 1} of the ${trials} trials that reached rung ${rung}, with ${shown(loss)}; ${kept}`;
}
