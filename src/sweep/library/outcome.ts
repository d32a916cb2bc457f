/** How a trial of a program ended, as it is told and as it is read again. */
import type { Told, Trial } from '../study.ts';
import type { StudyTrial } from '../study-state.ts';
import type { Params } from './parameters.ts';

/** The value of each objective, or that the trial was pruned or failed. */
export type Outcome = number | readonly number[] | 'pruned' | { readonly failed: string };

export interface FinishedTrial<P extends Params> {
  readonly number: number;
  readonly params: P;
  readonly state: 'complete' | 'pruned' | 'failed';
  /** One for each objective; of a pruned trial what it reported last. */
  readonly values?: readonly number[];
  /** Why it was pruned, or failed. */
  readonly reason?: string;
}

/**
 * What is told of a trial. Throws an Error where it has another number of values than there are objectives.
 *
 * @param reason why it was to be pruned
 */
export function toldOf(outcome: Outcome, trial: Trial, objectives: number, reason: string | undefined): Told {
  if (outcome === 'pruned') return prunedTold(trial, reason);
  if (typeof outcome === 'object' && 'failed' in outcome) return { state: 'failed', runs: [], reason: outcome.failed };
  const values = typeof outcome === 'number' ? [outcome] : [...outcome];
  const [value] = values;
  if (value === undefined || values.length !== objectives)
    throw new Error(`the study has ${objectives} objectives, and was told ${values.length} values`);
  const bad = values.find((one) => !Number.isFinite(one));
  if (bad !== undefined) return { state: 'failed', runs: [], reason: `the objective is ${bad}` };
  return { state: 'complete', runs: [], value, replicates: [values] };
}

function prunedTold(trial: Trial, reason: string | undefined): Told {
  const last = trial.reported();
  return {
    ...{ state: 'pruned', runs: [] },
    ...(last === undefined ? {} : { step: last.step }),
    ...(last !== undefined && Number.isFinite(last.value) ? { value: last.value } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** @returns undefined where it is not finished */
export function finishedTrial<P extends Params>(trial: StudyTrial): FinishedTrial<P> | undefined {
  const { number, asked, told } = trial;
  if (asked === undefined || told === undefined) return undefined;
  const values = told.replicates?.[0] ?? (told.value === undefined ? undefined : [told.value]);
  return {
    ...{ number, params: asked.params as P, state: told.state },
    ...(values === undefined ? {} : { values }),
    ...(told.reason === undefined ? {} : { reason: told.reason }),
  };
}
