/** Early stopping as training loops have it (`patience`, `min_delta` of Keras): a trial against nobody but itself. */
import { formatNumber } from '../../logging/format.ts';
import type { PatienceSettings, Pruner } from '../pruner.ts';
import { bestUpTo, type Shown } from './curves.ts';

/**
 * A trial ends when the best of its last `patience` reports is not below the best before them by more than `minDelta`. One
 * that reported nothing finite has not got better.
 */
export function patiencePruner({ patience, minDelta }: PatienceSettings, shown: Shown): Pruner {
  return {
    shouldPrune: ({ curve }) => {
      const last = curve.at(-1);
      const before = curve.slice(0, -patience);
      const best = bestUpTo(before, Infinity);
      if (last === undefined || best === undefined) return undefined;
      const recent = bestUpTo(curve.slice(-patience), Infinity) as number;
      if (recent < best - minDelta) return undefined;
      const better = minDelta > 0 ? `better by more than ${formatNumber(minDelta)}` : 'better';
      const at = best === Infinity ? '' : `, since step ${before.find(({ value }) => value === best)?.step}`;
      const reports = patience === 1 ? 'its last report' : `its last ${patience} reports`;
      return `up to step ${last.step} it got no ${better} in ${reports}: its best before was ${shown(best)}${at}`;
    },
  };
}
