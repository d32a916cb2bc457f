/** A suggestion is a function of the seed and of what it had seen: it is derived again from the record. */
import type { StudyDefinition } from './definition.ts';
import { fromRanges } from './number-ranges.ts';
import type { SeenTrial } from './sampler.ts';
import { type Point, pointKey } from './search-space.ts';
import { seenTrial } from './seen.ts';
import { donePoints, samplerNumber } from './study.ts';
import { studySampler } from './study-sampler.ts';
import { phaseOf, type StudyState, type StudyTrial } from './study-state.ts';

export interface Replayed {
  readonly trial: number;
  readonly recorded: Point;
  readonly derived?: Point;
  /** Undefined where it cannot be told: the trial is of another phase, or its record does not say what was seen. */
  readonly agrees?: boolean;
}

/** Every trial that was asked in the phase the study is in, by number. */
export async function replayStudy(definition: StudyDefinition, state: StudyState): Promise<readonly Replayed[]> {
  const phase = phaseOf(state);
  const sampler = await studySampler(definition, donePoints(definition, state, phase));
  const trials = [...state.trials.values()].sort((a, b) => a.number - b.number);
  return trials.flatMap((trial): Replayed[] => {
    const { number, asked } = trial;
    if (asked === undefined) return [];
    const recorded = asked.params;
    if (number < phase.first || asked.seen === undefined) return [{ trial: number, recorded }];
    const seen = seenThen(definition, state, asked.seen);
    const derived = sampler.suggest(samplerNumber(definition, phase, number), seen);
    const agrees = derived !== undefined && pointKey(derived) === pointKey(recorded);
    return [{ trial: number, recorded, ...(derived === undefined ? {} : { derived }), agrees }];
  });
}

function seenThen(
  definition: StudyDefinition,
  { trials }: StudyState,
  { told, running }: { readonly told: string; readonly running: string },
): SeenTrial[] {
  const of = (number: number): StudyTrial => trials.get(number) ?? { number, reopened: 0, curves: [], more: [] };
  const finished = fromRanges(told).map((number) => seenTrial(definition, of(number)));
  const asked = fromRanges(running).map((number): SeenTrial => {
    return { number, point: of(number).asked?.params ?? {}, state: 'running' };
  });
  return [...finished, ...asked].sort((a, b) => a.number - b.number);
}
