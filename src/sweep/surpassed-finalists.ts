/** A search that went on after the final runs may have found better trials: they are not looked at, and that is said. */
import { formatNumber } from '../logging/format.ts';
import { lossOf } from './definition.ts';
import { finalists, groupOf } from './finals.ts';
import type { Leaderboard, RankedTrial } from './leaderboard.ts';
import type { SweepSpec } from './spec.ts';
import type { StudyState } from './study-state.ts';

export interface Surpassed {
  /** The best of its group by now, without final runs. */
  readonly trial: number;
  readonly value: number;
  /** Those of its group that have them and are worse. */
  readonly finalists: readonly number[];
}

/** Of each group that the study takes the best of. */
export function surpassedFinalists(spec: SweepSpec, state: StudyState, { ranked }: Leaderboard): readonly Surpassed[] {
  const { final } = spec;
  if (final === undefined || state.finals.length === 0) return [];
  const chosen = finalists(spec, state).flatMap((number) => state.trials.get(number) ?? []);
  const [{ goal }] = spec.metrics;
  const bests = new Map<string, RankedTrial>();
  for (const trial of ranked.filter(({ number }) => !chosen.some((one) => one.number === number))) {
    const key = groupOf(final.per, trial);
    if (!bests.has(key)) bests.set(key, trial);
  }
  return [...bests].flatMap(([key, { number, value }]): Surpassed[] => {
    const worse = chosen.filter((trial) => {
      const own = ranked.find((one) => one.number === trial.number)?.value ?? trial.told?.value ?? Number.NaN;
      return groupOf(final.per, trial) === key && lossOf(value, goal) < lossOf(own, goal);
    });
    return worse.length === 0 ? [] : [{ trial: number, value, finalists: worse.map((one) => one.number) }];
  });
}

/** One line for each. */
export function surpassedText(metric: string, surpassed: readonly Surpassed[]): string[] {
  return surpassed.map(({ trial, value, finalists: chosen }) => {
    const those = `${chosen.length === 1 ? 'trial' : 'trials'} ${chosen.join(', ')}`;
    return `trial ${trial} came after the final runs and is better in the search (${metric} ${formatNumber(value)}): they stay those of ${those}`;
  });
}
