/** A study's state is a function of its events: who asked which trial, and what was told of it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEvent, StudyStarted, TrialAsked, TrialTold } from '../events.ts';
import { canonicalJson } from '../hash.ts';
import type { Goal } from '../pipeline/types.ts';
import { readJournal } from '../record/read-journal.ts';
import type { SeenTrial } from './sampler.ts';

export interface StudyTrial {
  readonly number: number;
  readonly asked?: TrialAsked;
  readonly told?: TrialTold;
}

export interface StudyState {
  /** What it was begun with; absent before that. */
  readonly started?: StudyStarted;
  /** What was last said of it: its question and what its page shows may have changed. */
  readonly said?: StudyStarted;
  readonly trials: ReadonlyMap<number, StudyTrial>;
}

export const emptyStudy: StudyState = { trials: new Map() };

/**
 * The state after more events, whatever the order in which the journals are read. The first word told of a trial
 * counts: nothing finished is finished again; of several workers that began it the last is named.
 * What is known is copied once, not for each event: a study of 10,000 trials is read in no time.
 */
export function afterEvents(state: StudyState, events: readonly JournalEvent[]): StudyState {
  if (events.length === 0) return state;
  const trials = new Map(state.trials);
  const change = (number: number, next: (trial: StudyTrial) => StudyTrial) =>
    trials.set(number, next(trials.get(number) ?? { number }));
  let { started, said } = state;
  for (const event of events) {
    if (event.type === 'study-started') [started, said] = [first(started, event), last(said, event)];
    if (event.type === 'trial-asked') change(event.trial, (trial) => ({ ...trial, asked: last(trial.asked, event) }));
    if (event.type === 'trial-told') change(event.trial, (trial) => ({ ...trial, told: first(trial.told, event) }));
  }
  return { ...(started === undefined ? {} : { started }), ...(said === undefined ? {} : { said }), trials };
}

type Timed = StudyStarted | TrialAsked | TrialTold;

function first<E extends Timed>(known: E | undefined, event: E): E {
  return known === undefined || isBefore(event, known) ? event : known;
}

function last<E extends Timed>(known: E | undefined, event: E): E {
  return known === undefined || isBefore(known, event) ? event : known;
}

/** Of the same moment the text decides, so that every reader decides alike. */
function isBefore(a: Timed, b: Timed): boolean {
  return a.at === b.at ? canonicalJson(a) < canonicalJson(b) : a.at < b.at;
}

/** What samplers see: every trial that was asked, by number. */
export function seenTrials(state: StudyState, goal: Goal): SeenTrial[] {
  return [...state.trials.values()]
    .flatMap(({ number, asked, told }) => (asked === undefined ? [] : [{ number, asked, told }]))
    .sort((a, b) => a.number - b.number)
    .map(({ number, asked, told }) => ({
      ...{ number, point: asked.params, state: told?.state ?? 'running' },
      ...(told?.value === undefined ? {} : { losses: [lossOf(told.value, goal)] }),
    }));
}

/** The lower the better, whatever the goal. */
export function lossOf(value: number, goal: Goal): number {
  return goal === 'minimize' ? value : -value;
}

export interface StudyReader {
  /** Reads what was written since and gives the state after it. */
  read(): Promise<StudyState>;
}

/** Follows the journals of a study: each is read on from where it was left. */
export function studyReader(folder: string): StudyReader {
  const offsets = new Map<string, number>();
  let state = emptyStudy;
  return {
    read: async () => {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.jsonl')).sort();
      const events: JournalEvent[] = [];
      for (const name of names)
        for await (const entry of readJournal(join(folder, name), offsets.get(name) ?? 0)) {
          offsets.set(name, entry.end);
          if (entry.kind === 'event') events.push(entry.event);
        }
      state = afterEvents(state, events);
      return state;
    },
  };
}
