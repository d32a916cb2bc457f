/** A search that went on after the final runs may have found better trials: they are not looked at, and that is said. */
import type { Goal } from '../pipeline/types.ts';
import { advantage } from '../statistics/compared-with-best.ts';

export interface Surpassed {
  /** The best of its arm in the search by now, without final runs. */
  readonly trial: number;
  /** Of the search. */
  readonly metric: string;
  readonly value: number;
  /** Those of its arm that have them and are worse. */
  readonly finalists: readonly number[];
}

/** What a trial came to in the search. */
export interface Searched {
  readonly trial: number;
  readonly value: number;
  /** Of each the study takes the best. */
  readonly arm: string;
}

/** Of each arm the best trial that was not chosen, where one that was is worse. Of equal ones the first of `searched`. */
export function surpassedBy(
  searched: readonly Searched[],
  chosen: ReadonlySet<number>,
  { name: metric, goal }: { readonly name: string; readonly goal: Goal },
): Surpassed[] {
  const isBetter = (a: Searched, b: Searched) => advantage(a.value, b.value, goal) > 0;
  const bests = new Map<string, Searched>();
  for (const one of searched) {
    const best = bests.get(one.arm);
    if (!chosen.has(one.trial) && (best === undefined || isBetter(one, best))) bests.set(one.arm, one);
  }
  return [...bests.values()].flatMap((best): Surpassed[] => {
    const worse = searched.filter((one) => chosen.has(one.trial) && one.arm === best.arm && isBetter(best, one));
    const { trial, value } = best;
    return worse.length === 0 ? [] : [{ trial, metric, value, finalists: worse.map((one) => one.trial) }];
  });
}
