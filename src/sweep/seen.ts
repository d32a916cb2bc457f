/** What samplers and pruners are shown of a study's state. */

import type { StudyPhase, TrialReported } from '../events.ts';
import { meanOf, standardErrorOf } from '../statistics/moments.ts';
import { armOf } from './arms.ts';
import { fits, lossOf, type StudyDefinition } from './definition.ts';
import type { Curve, CurveOf } from './pruner.ts';
import type { SeenTrial } from './sampler.ts';
import { pointKey } from './search-space.ts';
import type { StudyState, StudyTrial } from './study-state.ts';

/** Every trial that was asked and counts in this phase, by number. */
export function seenTrials(definition: StudyDefinition, state: StudyState, phase: StudyPhase): SeenTrial[] {
  const seen: SeenTrial[] = [];
  for (const trial of state.trials.values())
    if (counts(definition, trial, phase)) seen.push(seenTrial(definition, trial, phase));
  return byNumber(seen);
}

/** Most often they are in order already. */
function byNumber<T extends { readonly number: number }>(trials: T[]): T[] {
  const inOrder = trials.every(({ number }, at) => at === 0 || number > (trials[at - 1]?.number ?? 0));
  return inOrder ? trials : trials.sort((a, b) => a.number - b.number);
}

/** It was asked in this phase, or in an earlier one and is a point of today's space. */
export function counts(definition: StudyDefinition, { number, asked }: StudyTrial, phase: StudyPhase): boolean {
  if (asked === undefined || number < phase.counted) return false;
  return number >= phase.first || fits(definition, asked.params);
}

/** What it was shown as last: a trial of the record is a new object where anything has changed. */
const shown = new WeakMap<StudyDefinition, WeakMap<StudyTrial, SeenTrial>>();

export function seenTrial(definition: StudyDefinition, trial: StudyTrial, phase: StudyPhase): SeenTrial {
  const { number, asked, told } = trial;
  if (told?.state === 'pruned' && !isComparable(phase, number))
    return { number, point: asked?.params ?? {}, state: 'pruned' };
  const ofStudy = shown.get(definition) ?? new WeakMap<StudyTrial, SeenTrial>();
  shown.set(definition, ofStudy);
  const seen = ofStudy.get(trial) ?? showTrial(definition, trial);
  ofStudy.set(trial, seen);
  return seen;
}

function showTrial(definition: StudyDefinition, { number, asked, told }: StudyTrial): SeenTrial {
  const point = asked?.params ?? {};
  if (told === undefined) return { number, point, state: 'running' };
  const rows = told.replicates ?? (told.value === undefined ? [] : [[told.value]]);
  if (told.state === 'failed' || rows.length === 0) return { number, point, state: told.state };
  const columns = (told.state === 'pruned' ? definition.metrics.slice(0, 1) : definition.metrics).map(({ goal }, m) =>
    rows.map((row) => lossOf(row[m] ?? Number.NaN, told.state === 'pruned' ? definition.prunedGoal : goal)),
  );
  const losses = columns.map(meanOf);
  if (!losses.every(Number.isFinite)) return { number, point, state: 'failed' };
  return {
    ...{ number, point, state: told.state, losses },
    ...(rows.length > 1 ? { noise: standardErrorOf(columns[0] ?? []) } : {}),
    ...(told.step === undefined ? {} : { step: told.step }),
  };
}

/** Whether it reports what the pruner of today reads: a value of another series is no measure of it. */
export function isComparable({ comparable = 0 }: StudyPhase, number: number): boolean {
  return number >= comparable;
}

/** The curves of one replicate of every trial that counts, of the arm of `trial` alone, by number; without its own. */
export function othersCurves(
  definition: StudyDefinition,
  state: StudyState,
  phase: StudyPhase,
  trial: { readonly number: number; readonly arm: string },
  replicate: number,
): CurveOf[] {
  return ofArm(definition, state, phase, trial.arm)
    .filter(({ number }) => number !== trial.number)
    .map(({ number, told, curves }) => ({
      ...{ number, state: told?.state ?? 'running' },
      curve: curveOf(curves[replicate] ?? [], definition),
    }));
}

/** Of each point of the arm the curves of its replicates. */
export function replicateCurves(
  definition: StudyDefinition,
  state: StudyState,
  phase: StudyPhase,
  arm: string,
): (readonly Curve[])[] {
  return ofArm(definition, state, phase, arm).map(({ curves }) => curves.map((curve) => curveOf(curve, definition)));
}

function ofArm(definition: StudyDefinition, state: StudyState, phase: StudyPhase, arm: string): StudyTrial[] {
  return byNumber(
    [...state.trials.values()].filter(
      (trial) =>
        counts(definition, trial, phase) &&
        isComparable(phase, trial.number) &&
        pointKey(armOf(definition, trial.asked?.params ?? {})) === arm,
    ),
  );
}

export function curveOf(reports: readonly TrialReported[], { prunedGoal }: StudyDefinition): Curve {
  return reports.map(({ step, value }) => ({ step, value: lossOf(Number(value), prunedGoal) }));
}
