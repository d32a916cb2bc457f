/** How a worker comes to its next trial: claims say who has which, and the sampler what it is to be. */
import type { SeenNumbers, TrialAsked } from '../events.ts';
import { type Claim, type Died, tryClaim } from '../store/claims.ts';
import type { ClaimLooks } from './claim-looks.ts';
import { newNumberPicker } from './new-number.ts';
import { toRanges } from './number-ranges.ts';
import { isTold, newNumbers, samplerNumber, untoldNumbers } from './open-numbers.ts';
import { looksBack, type Sampler, type SeenTrial } from './sampler.ts';
import { seenTrials } from './seen.ts';
import type { SharedReader } from './shared-reader.ts';
import type { NoTrial, Trial } from './study.ts';
import { phaseOf, type StudyState, type StudyTrial } from './study-state.ts';
import type { TrialClaims } from './trial-claims.ts';
import { deathOf, diedTooOften, leaving } from './trial-deaths.ts';
import type { JudgeParts } from './trial-judge.ts';
import { newTrial } from './trial-record.ts';

export interface Asking extends JudgeParts {
  readonly reader: SharedReader;
  readonly sampler: Sampler;
  readonly view: View;
}

/** What a worker knows of claims. */
export interface View {
  readonly claims: TrialClaims;
  readonly looks: ClaimLooks;
  /** Below it all numbers of the phase are on record. */
  readonly lowest: { known: number };
  /** Trials whose claims say that they are done, and of which no journal says how they ended. */
  readonly lost: Set<number>;
}

/** A trial that is this worker's now. */
export interface Taken {
  /** What was on record of it. */
  readonly before: StudyTrial;
  readonly asked: Pick<TrialAsked, 'params' | 'seen'>;
  readonly claim: Claim;
  readonly restarts: number;
}

/** Puts on record that it is asked. */
export type Begin = (taken: Taken) => Trial;

/** One that its worker has left, or else a new one. */
export async function ask(asking: Asking, begin: Begin): Promise<Trial | NoTrial> {
  const { definition, reader, phase, view } = asking;
  const state = await reader.read();
  if (isSuperseded(asking, state)) return 'superseded';
  const open = untoldNumbers(definition, state, phase).filter((number) => !view.lost.has(number));
  const left = await firstOf(asking, begin, state, open);
  if (left.found !== undefined) return left.found;
  const fresh = await firstNew(asking, begin, state);
  if (fresh.found !== undefined) return fresh.found;
  const silent = await firstOf(asking, begin, state, fresh.unrecorded);
  if (silent.found !== undefined) return silent.found;
  const ended = [...left.ended, ...silent.ended];
  const now = await (ended.length === 0 ? reader.read() : reader.readAll());
  const isLeft = (number: number) => !isTold(now, number) && !view.lost.has(number);
  for (const number of ended.filter(isLeft)) view.lost.add(number); // done, and nothing was told: nobody can take it
  return [...open, ...fresh.unrecorded].some(isLeft) ? 'wait' : 'finished';
}

function isSuperseded({ phase }: Asking, state: StudyState): boolean {
  return phaseOf(state).number !== phase.number;
}

/** An answer; or there is none, as the space has no point for that trial, another has it, it is done already, or was told. */
type Attempt = Trial | 'superseded' | 'over' | 'held' | 'ended' | 'told';

function isAnswer(attempt: Attempt): attempt is Trial | 'superseded' {
  return typeof attempt === 'object' || attempt === 'superseded';
}

/** The first of these trials that can be had, of those whose claims are worth a look; and those whose claim is done. */
async function firstOf(asking: Asking, begin: Begin, state: StudyState, numbers: readonly number[]) {
  const trials = numbers.map((number) => state.trials.get(number) ?? newTrial(number));
  const ended: number[] = [];
  for (const number of asking.view.looks.due(trials)) {
    const attempt = await attemptOn(asking, begin, state, number);
    if (isAnswer(attempt)) return { found: attempt, ended };
    if (attempt === 'ended') ended.push(number);
  }
  return { ended };
}

/** With more than so many at work the lowest numbers that are not on record are others' already. */
const manyAtWork = 32;

/** A trial that nobody has asked for; or those that are claimed, and of which nothing is on record. */
async function firstNew(asking: Asking, begin: Begin, state: StudyState) {
  const { definition, phase, view } = asking;
  const numbers = newNumberPicker(view.claims, state.untold.size > manyAtWork);
  for (;;) {
    const number = await numbers.pick(newNumbers(definition, state, phase, view.lowest));
    if (number === undefined) return { unrecorded: numbers.unrecorded() };
    const attempt = await attemptOn(asking, begin, state, number);
    if (isAnswer(attempt)) return { found: attempt, unrecorded: [] };
    if (attempt === 'over') numbers.endAt(number);
    else numbers.lost(number);
  }
}

async function attemptOn(asking: Asking, begin: Begin, state: StudyState, number: number): Promise<Attempt> {
  const { definition, reader, view } = asking;
  const trial = state.trials.get(number);
  const isDrawn = trial?.asked === undefined && !looksBack(definition.sampler);
  if (isDrawn && suggestion(asking, state, number) === undefined) return 'over';
  const attempt = await tryClaim(view.claims.folder(number, trial?.reopened ?? 0));
  if (attempt.kind !== 'owned') return attempt.kind;
  const now = await (attempt.restarts === 0 ? reader.read() : reader.readAll()); // who had it before may have told it
  return afterClaim(asking, begin, now, number, attempt);
}

type Owned = Extract<Awaited<ReturnType<typeof tryClaim>>, { kind: 'owned' }>;

async function afterClaim(asking: Asking, begin: Begin, state: StudyState, number: number, owned: Owned) {
  const { claim, restarts, deaths, died } = owned;
  const before = state.trials.get(number) ?? newTrial(number);
  if (isSuperseded(asking, state)) {
    await claim.end({ state: 'released' });
    return 'superseded';
  }
  if (before.told !== undefined) {
    await claim.end({ state: 'done' }); // its worker died between telling and leaving the claim
    return 'told';
  }
  const asked = before.asked ?? suggestion(asking, state, number); // who died may have asked it meanwhile
  if (asked === undefined) {
    await claim.end({ state: 'released' });
    return 'over';
  }
  const trial = begin({ before, asked, claim, restarts });
  const failed = died && diedTooOften(asking.definition, leftBy(asking, before, died), died, deaths);
  if (failed === undefined) return trial;
  await trial.tell({ state: 'failed', runs: [], reason: failed });
  return 'told';
}

/** Puts on record that its owner is gone, before anything else is said of it. @returns the trial with that */
function leftBy({ journal, definition }: Asking, trial: StudyTrial, died: Died): StudyTrial {
  const event = leaving(definition, trial.number, died.by, deathOf(died));
  journal.append(event);
  return { ...trial, left: [...trial.left, event] };
}

/** What the sampler proposes, and from what; undefined where it has nothing more. */
function suggestion({ definition, phase, sampler }: Asking, state: StudyState, number: number) {
  const seen = looksBack(definition.sampler) ? seenTrials(definition, state, phase) : [];
  const params = sampler.suggest(samplerNumber(definition, phase, number), seen);
  return params && { params, seen: seenNumbers(seen) };
}

function seenNumbers(seen: readonly SeenTrial[]): SeenNumbers {
  const numbers = (running: boolean) =>
    toRanges(seen.filter(({ state }) => (state === 'running') === running).map(({ number }) => number));
  return { told: numbers(false), running: numbers(true) };
}
