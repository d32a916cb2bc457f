/** What a study has found, as plain data. */

import type { TrialState } from '../events.ts';
import { meanOf } from '../statistics/moments.ts';
import { paretoFront } from '../statistics/pareto.ts';
import { isSpent } from './budget.ts';
import { lossOf, type Metric, type StudyDefinition } from './definition.ts';
import { endOfBudget, isTold, openNumbers, ownNumbers } from './open-numbers.ts';
import { counts } from './seen.ts';
import { phaseOf, type StudyState, type StudyTrial } from './study-state.ts';

export interface RankedTrial extends StudyTrial {
  /** The first objective, mean over replicates. */
  readonly value: number;
  /** Every objective, means over replicates. */
  readonly values: readonly number[];
  /** Every objective of each replicate. */
  readonly scores: readonly (readonly number[])[];
}

export interface Leaderboard {
  readonly study: string;
  readonly metrics: readonly Metric[];
  readonly states: Readonly<Partial<Record<TrialState, number>>>;
  /** Finished trials with a value, best first; of equal ones the lower number. */
  readonly ranked: readonly RankedTrial[];
  /** Of several objectives: those that no other is better than in all; by the first objective. */
  readonly front: readonly RankedTrial[];
  readonly pruned: readonly StudyTrial[];
  readonly failed: readonly StudyTrial[];
  /** Trials of other code or inputs are among them. */
  readonly mixed: boolean;
  /** Of how many finished trials without a better one it ended, short of its budget. */
  readonly spentPatience?: number;
}

export function leaderboard(definition: StudyDefinition, state: StudyState): Leaderboard {
  const phase = phaseOf(state);
  const inBudget = withinBudget(definition, state);
  const ranked = inBudget.flatMap((trial) => rankedTrial(trial) ?? []).sort(bestFirst(definition));
  const losses = ranked.map(({ values }) =>
    values.map((value, m) => lossOf(value, definition.metrics[m]?.goal ?? 'minimize')),
  );
  const of = (wanted: TrialState) => inBudget.filter(({ told }) => told?.state === wanted);
  const [pruned, failed] = [of('pruned'), of('failed')];
  const open = openCount(definition, state);
  return {
    ...{ study: definition.name, metrics: definition.metrics },
    states: {
      ...{ complete: ranked.length, failed: failed.length },
      ...(pruned.length > 0 ? { pruned: pruned.length } : {}),
      ...(open > 0 ? { waiting: open } : {}),
    },
    ranked,
    front: definition.metrics.length === 1 ? ranked.slice(0, 1) : paretoFront(losses).flatMap((at) => ranked[at] ?? []),
    ...{ pruned, failed, mixed: phase.mixed === true },
    ...(isCutShort(definition, state) ? { spentPatience: definition.budget.patience } : {}),
  };
}

/** Those beyond a budget that has become smaller are kept on record, and stand for none within it. */
function withinBudget(definition: StudyDefinition, state: StudyState): StudyTrial[] {
  const phase = phaseOf(state);
  const end = endOfBudget(definition, state, phase);
  const trials = [...state.trials.values()].filter((trial) => counts(definition, trial, phase));
  const before = trials.filter(({ number }) => number < phase.first);
  return [...before, ...trials.filter(({ number }) => number >= phase.first && number < end)];
}

/** How many trials are still to be told; what a spent patience leaves is not. */
function openCount(definition: StudyDefinition, state: StudyState): number {
  return [...openNumbers(definition, state, phaseOf(state))].length;
}

/** Whether its patience ended it before its number of trials did. */
function isCutShort(definition: StudyDefinition, state: StudyState): boolean {
  const phase = phaseOf(state);
  if (!isSpent(definition, state, phase)) return false;
  return [...ownNumbers(definition, state, phase)].some((number) => !isTold(state, number));
}

function rankedTrial(trial: StudyTrial): RankedTrial | undefined {
  const { told, more } = trial;
  if (told?.state !== 'complete' || told.value === undefined) return undefined;
  const scores = [...(told.replicates ?? [[told.value]]), ...more.flatMap(({ values }) => (values ? [values] : []))];
  const values = (scores[0] ?? []).map((_, m) => meanOf(scores.map((row) => row[m] ?? Number.NaN)));
  return { ...trial, value: values[0] ?? told.value, values, scores };
}

function bestFirst({ metrics: [{ goal }] }: StudyDefinition) {
  return (a: RankedTrial, b: RankedTrial) => lossOf(a.value, goal) - lossOf(b.value, goal) || a.number - b.number;
}

/** Params whose value differs between trials, in the order of the space. */
export function differingParams(definition: StudyDefinition, trials: readonly StudyTrial[]): string[] {
  return definition.space
    .map(({ name }) => name)
    .filter((name) => new Set(trials.map(({ asked }) => JSON.stringify(asked?.params[name]))).size > 1);
}
