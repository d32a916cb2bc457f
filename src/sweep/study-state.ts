/** A study's state is a function of its events: who asked which trial, what was reported, and what was told of it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  FinalTold,
  JournalEvent,
  ReplicateTold,
  StudyPhase,
  StudyStarted,
  TrialAsked,
  TrialReported,
  TrialTold,
} from '../events.ts';
import { canonicalJson } from '../hash.ts';
import { readJournal } from '../record/read-journal.ts';

export interface StudyTrial {
  readonly number: number;
  readonly asked?: TrialAsked;
  readonly told?: TrialTold;
  /** How often it was opened again after it had failed. */
  readonly reopened: number;
  /** By replicate and rising step; the first word on a step counts. */
  readonly curves: readonly (readonly TrialReported[])[];
  /** Replicates beyond those it was told with, by their position. */
  readonly more: readonly ReplicateTold[];
}

export interface StudyState {
  /** What it was begun with; absent before that. */
  readonly started?: StudyStarted;
  /** What the phase it is in was begun with. */
  readonly phase?: StudyStarted;
  /** What was last said of it: its question and what its page shows may have changed. */
  readonly said?: StudyStarted;
  readonly trials: ReadonlyMap<number, StudyTrial>;
  /** By trial and replicate. */
  readonly finals: readonly FinalTold[];
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
  const words = new Map<number, { told: TrialTold[]; reopened: number[] }>();
  const starts: StudyStarted[] = [];
  const finals = new Map<string, FinalTold>();
  let state: StudyState = { trials, finals: [] };
  const trialOf = (number: number): StudyTrial => trials.get(number) ?? { number, reopened: 0, curves: [], more: [] };
  const wordsOf = (number: number) => {
    const found = words.get(number) ?? { told: [], reopened: [] };
    words.set(number, found);
    return found;
  };
  const retell = (number: number) => {
    const { told, reopened } = wordsOf(number);
    const since = Math.max(Number.NEGATIVE_INFINITY, ...reopened);
    const { told: _, ...trial } = trialOf(number);
    const counts = told.filter(({ at }) => at > since).reduce<TrialTold | undefined>(first, undefined);
    trials.set(number, {
      ...trial,
      reopened: new Set(reopened).size,
      ...(counts === undefined ? {} : { told: counts }),
    });
  };
  const add = (event: JournalEvent) => {
    switch (event.type) {
      case 'study-started':
        starts.push(event);
        state = { ...state, ...afterStarts(starts) };
        return;
      case 'trial-asked':
        trials.set(event.trial, { ...trialOf(event.trial), asked: last(trialOf(event.trial).asked, event) });
        return;
      case 'trial-reported':
        trials.set(event.trial, withReport(trialOf(event.trial), event));
        return;
      case 'trial-told':
        wordsOf(event.trial).told.push(event);
        retell(event.trial);
        return;
      case 'trial-reopened':
        wordsOf(event.trial).reopened.push(event.at);
        retell(event.trial);
        return;
      case 'replicate-told':
        trials.set(event.trial, withReplicate(trialOf(event.trial), event));
        return;
      case 'final-told': {
        const key = `${event.trial}/${event.replicate}`;
        finals.set(key, first(finals.get(key), event));
        state = { ...state, finals: [...finals.values()].sort(byPlace) };
        return;
      }
    }
  };
  return {
    get state() {
      return state;
    },
    add: (events) => {
      for (const event of events) add(event);
    },
  };
}

function afterStarts(starts: readonly StudyStarted[]): Pick<StudyState, 'started' | 'phase' | 'said'> {
  const newest = Math.max(...starts.map(({ phase }) => (phase ?? onlyPhase).number));
  const ofPhase = starts.filter(({ phase }) => (phase ?? onlyPhase).number === newest);
  const [started, phase] = [starts, ofPhase].map((list) => list.reduce<StudyStarted | undefined>(first, undefined));
  const said = ofPhase.reduce<StudyStarted | undefined>(last, undefined);
  return started && phase && said ? { started, phase, said } : {};
}

function withReport(trial: StudyTrial, report: TrialReported): StudyTrial {
  const curves = [...trial.curves];
  while (curves.length <= report.replicate) curves.push([]);
  const curve = curves[report.replicate] ?? [];
  const newest = curve.at(-1);
  if (newest === undefined || report.step > newest.step) (curve as TrialReported[]).push(report);
  else curves[report.replicate] = merged(curve, report);
  return { ...trial, curves };
}

function merged(curve: readonly TrialReported[], report: TrialReported): TrialReported[] {
  const same = curve.find(({ step }) => step === report.step);
  const others = curve.filter(({ step }) => step !== report.step);
  return [...others, first(same, report)].sort((a, b) => a.step - b.step);
}

function withReplicate(trial: StudyTrial, told: ReplicateTold): StudyTrial {
  const same = trial.more.find(({ replicate }) => replicate === told.replicate);
  const others = trial.more.filter(({ replicate }) => replicate !== told.replicate);
  return { ...trial, more: [...others, first(same, told)].sort((a, b) => a.replicate - b.replicate) };
}

function byPlace(a: FinalTold, b: FinalTold): number {
  return a.trial - b.trial || a.replicate - b.replicate;
}

function first<E extends JournalEvent>(known: E | undefined, event: E): E {
  return known === undefined || isBefore(event, known) ? event : known;
}

function last<E extends JournalEvent>(known: E | undefined, event: E): E {
  return known === undefined || isBefore(known, event) ? event : known;
}

/** Of the same moment the text decides, so that every reader decides alike. */
function isBefore(a: JournalEvent, b: JournalEvent): boolean {
  return a.at === b.at ? canonicalJson(a) < canonicalJson(b) : a.at < b.at;
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
