/** A study's state is a function of its events: who asked which trial, what was reported, and what was told of it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEvent, StudyPhase, StudyStarted } from '../events.ts';
import { readJournal } from '../record/read-journal.ts';
import { first, inOrder, last } from './event-order.ts';
import { type FinalsState, finalsRecord } from './finals-record.ts';
import { type StudyTrial, type TrialRecord, trialRecord } from './trial-record.ts';

export type { StudyTrial } from './trial-record.ts';

export interface StudyState extends FinalsState {
  /** What it was begun with; absent before that. */
  readonly started?: StudyStarted;
  /** What the phase it is in was begun with. */
  readonly phase?: StudyStarted;
  /** What was last said of it: its question and what its page shows may have changed. */
  readonly said?: StudyStarted;
  /** Each time that something was said of it, by time. */
  readonly starts: readonly StudyStarted[];
  /** What each of its phases was begun with, in order. */
  readonly phases: readonly StudyStarted[];
  readonly trials: ReadonlyMap<number, StudyTrial>;
  /** Those of them that are not told, or were opened again: kept apart, as of very many trials few are. */
  readonly untold: ReadonlySet<number>;
}

export const onlyPhase: StudyPhase = { number: 0, first: 0, counted: 0 };

export function phaseOf(state: StudyState): StudyPhase {
  return state.phase?.phase ?? onlyPhase;
}

/** Takes events in, whatever the order in which the journals are read; each costs the same however many there were. */
export interface StudyRecord {
  readonly state: StudyState;
  add(events: readonly JournalEvent[]): void;
}

/**
 * The first word told of a trial counts, since it was last opened again: nothing finished is finished twice; of several
 * workers that began it the last is named.
 */
export function studyRecord(): StudyRecord {
  const trials = new Map<number, StudyTrial>();
  const records = new Map<number, TrialRecord>();
  const starts: StudyStarted[] = [];
  const finals = finalsRecord();
  const untold = new Set<number>();
  let state: StudyState = { starts: [], phases: [], trials, untold, ...finals.state };
  const recordOf = (number: number) => {
    const record = records.get(number) ?? trialRecord(number);
    records.set(number, record);
    return record;
  };
  const add = (event: JournalEvent) => {
    switch (event.type) {
      case 'study-started':
        starts.push(event);
        state = { ...state, starts: inOrder(starts), ...afterStarts(starts) };
        return;
      case 'trial-asked':
      case 'trial-left':
      case 'trial-reported':
      case 'trial-told':
      case 'trial-reopened':
      case 'replicate-told': {
        const record = recordOf(event.trial);
        record.add(event);
        trials.set(event.trial, record.trial);
        if (record.trial.told === undefined) untold.add(event.trial);
        else untold.delete(event.trial);
        return;
      }
      case 'final-told':
      case 'final-reopened':
        finals.add(event);
        return;
    }
  };
  return {
    get state() {
      return state;
    },
    add: (events) => {
      for (const event of events) add(event);
      if (state.finals !== finals.state.finals) state = { ...state, ...finals.state }; // once for however many came
    },
  };
}

function afterStarts(starts: readonly StudyStarted[]): Pick<StudyState, 'started' | 'phase' | 'said' | 'phases'> {
  const numberOf = ({ phase }: StudyStarted) => (phase ?? onlyPhase).number;
  const numbers = [...new Set(starts.map(numberOf))].sort((a, b) => a - b);
  const begun = (list: readonly StudyStarted[]) => list.reduce<StudyStarted | undefined>(first, undefined);
  const ofPhase = (number: number) => starts.filter((start) => numberOf(start) === number);
  const phases = numbers.flatMap((number) => begun(ofPhase(number)) ?? []);
  const [started, phase] = [begun(starts), phases.at(-1)];
  const said = ofPhase(numbers.at(-1) ?? 0).reduce<StudyStarted | undefined>(last, undefined);
  return started && phase && said ? { started, phase, said, phases } : { phases };
}

export interface StudyReader {
  /** Reads what was written since and gives the state after it. */
  read(): Promise<StudyState>;
}

/** Follows the journals of a study: each is read on from where it was left. */
export function studyReader(folder: string): StudyReader {
  const offsets = new Map<string, number>();
  const record = studyRecord();
  const readOn = async () => {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.jsonl')).sort();
    for (const name of names)
      for await (const entry of readJournal(join(folder, name), offsets.get(name) ?? 0)) {
        offsets.set(name, entry.end);
        if (entry.kind === 'event') record.add([entry.event]);
      }
    return record.state;
  };
  let reading: Promise<StudyState> = Promise.resolve(record.state);
  return {
    read: () => {
      reading = reading.then(readOn, readOn);
      return reading;
    },
  };
}
