/** A suggestion is a function of the seed and of what it had seen: it is derived again from the record. */
import type { StudyPhase, TrialAsked } from '../events.ts';
import type { StudyDefinition } from './definition.ts';
import { fromRanges } from './number-ranges.ts';
import { donePoints, samplerNumber } from './open-numbers.ts';
import { type PointParams, phaseDefinition } from './phase-definition.ts';
import type { Sampler, SeenTrial } from './sampler.ts';
import { type Point, pointKey } from './search-space.ts';
import { seenTrial } from './seen.ts';
import { studySampler } from './study-sampler.ts';
import { onlyPhase, type StudyState, type StudyTrial } from './study-state.ts';
import { newTrial } from './trial-record.ts';

export interface Replayed {
  readonly trial: number;
  readonly recorded: Point;
  readonly derived?: Point;
  /** Undefined where it cannot be told: the record does not say what was seen, or what was searched then. */
  readonly agrees?: boolean;
}

/** One search of the study, as its phase was begun. */
interface PhaseSearch {
  readonly phase: StudyPhase;
  readonly definition: StudyDefinition;
  readonly sampler: Sampler;
}

/** Every trial that was asked, by number, each from the search of its phase. */
export async function replayStudy(
  definition: StudyDefinition,
  state: StudyState,
  params?: PointParams,
): Promise<readonly Replayed[]> {
  const searches = await phaseSearches(definition, state, params);
  const trials = [...state.trials.values()].sort((a, b) => a.number - b.number);
  return trials.flatMap(({ number, asked }): Replayed[] => {
    if (asked === undefined) return [];
    const recorded = asked.params;
    const search = searches.findLast(({ first }) => first <= number)?.search;
    const seen = search && seenThen(search, state, asked);
    if (search === undefined || seen === undefined) return [{ trial: number, recorded }];
    const derived = search.sampler.suggest(samplerNumber(search.definition, search.phase, number), seen);
    const agrees = derived !== undefined && pointKey(derived) === pointKey(recorded);
    return [{ trial: number, recorded, ...(derived === undefined ? {} : { derived }), agrees }];
  });
}

/** By the number of their first trial; without a search where the record does not tell it. */
async function phaseSearches(
  today: StudyDefinition,
  state: StudyState,
  params: PointParams | undefined,
): Promise<{ readonly first: number; readonly search?: PhaseSearch }[]> {
  const ofPhase = state.phases.map(async (started) => {
    const phase = started.phase ?? onlyPhase;
    const definition = phaseDefinition(today, started, params);
    if (definition === undefined) return { first: phase.first };
    const sampler = await studySampler(definition, donePoints(definition, state, phase));
    return { first: phase.first, search: { phase, definition, sampler } };
  });
  return Promise.all(ofPhase);
}

/** What the trial's suggestion was shown; undefined where the record does not say. */
function seenThen(search: PhaseSearch, { trials }: StudyState, { seen, at }: TrialAsked): SeenTrial[] | undefined {
  if (seen === undefined) return undefined;
  const { definition, phase } = search;
  const of = (number: number): StudyTrial => trials.get(number) ?? newTrial(number);
  const finished = fromRanges(seen.told).map((number) => seenTrial(definition, toldThen(of(number), at), phase));
  const asked = fromRanges(seen.running).map((number): SeenTrial => {
    return { number, point: of(number).asked?.params ?? {}, state: 'running' };
  });
  return [...finished, ...asked].sort((a, b) => a.number - b.number);
}

/** The trial as it had been told at a moment: it may have been opened again since, and told otherwise. */
function toldThen(trial: StudyTrial, at: number): StudyTrial {
  if (trial.toldBefore.length === 0) return trial;
  const words = [...trial.toldBefore, ...(trial.told === undefined ? [] : [trial.told])];
  const told = words.findLast((word) => word.at <= at) ?? words[0];
  return told === undefined ? trial : { ...trial, told };
}
