/**
 * A study: trials are asked for, report while they run, and are told how they ended. Any number of processes, on any
 * number of machines that share the folder, work on one study.
 */
import type {
  FinalTold,
  ProcessIdentity,
  ReplicateTold,
  SeenNumbers,
  TrialAsked,
  TrialLeft,
  TrialTold,
} from '../events.ts';
import { openJournal } from '../record/journal.ts';
import { type Claim, type Died, tryClaim } from '../store/claims.ts';
import type { Layout } from '../store/layout.ts';
import { currentProcess } from '../store/process-identity.ts';
import type { StudyDefinition } from './definition.ts';
import { toRanges } from './number-ranges.ts';
import { donePoints, openNumbers, samplerNumber } from './open-numbers.ts';
import { prunerOf } from './pruner.ts';
import { looksBack, type Sampler, type SeenTrial } from './sampler.ts';
import type { Point } from './search-space.ts';
import { seenTrials } from './seen.ts';
import { studySampler } from './study-sampler.ts';
import { phaseOf, type StudyState, type StudyTrial, studyReader } from './study-state.ts';
import { deathOf, diedTooOften } from './trial-deaths.ts';
import { type JudgeParts, type TrialJudge, trialJudge } from './trial-judge.ts';
import { newTrial } from './trial-record.ts';

export type Told = Pick<TrialTold, 'state' | 'runs' | 'value' | 'replicates' | 'reason' | 'step' | 'cost'>;

export interface Trial extends TrialJudge {
  readonly number: number;
  readonly params: Point;
  /** How often it was begun before by a process that died. */
  readonly restarts: number;
  /** How it ended; nothing is said where another worker has taken it over, who tells it. */
  tell(told: Told): Promise<void>;
  /** Gives it back untold: whoever asks next runs it. @param reason where there is one to put on record */
  release(reason?: string): Promise<void>;
}

/** All that are left are run by others; none is left; the study goes on with another search, elsewhere. */
export type NoTrial = 'wait' | 'finished' | 'superseded';

export interface Study {
  /** The next trial that nobody runs, or why there is none. */
  ask(): Promise<Trial | NoTrial>;
  /** As it is now, whoever made it so. */
  state(): Promise<StudyState>;
  /** Puts on record what is no trial's. */
  note(event: ReplicateTold | FinalTold): void;
  close(): void;
}

interface Parts extends JudgeParts {
  readonly layout: Layout;
  readonly sampler: Sampler;
}

/** A study that was begun: see begin-study.ts. */
export async function openStudy(definition: StudyDefinition, layout: Layout): Promise<Study> {
  const { journals } = layout.study(definition.name);
  const reader = studyReader(journals);
  const state = await reader.read();
  const phase = phaseOf(state);
  const parts: Parts = {
    ...{ definition, layout, reader, phase },
    journal: openJournal(journals),
    sampler: await studySampler(definition, donePoints(definition, state, phase)),
    pruner: definition.pruner && (await prunerOf(definition.pruner, definition.prunedGoal)),
  };
  const lowest = { open: phase.first };
  return {
    ask: () => ask(parts, lowest),
    state: () => reader.read(),
    note: (event) => {
      parts.journal.append(event);
      parts.journal.sync();
    },
    close: () => parts.journal.close(),
  };
}

/** The lowest trial that is neither told nor in the hands of a living worker. */
async function ask(parts: Parts, lowest: { open: number }): Promise<Trial | NoTrial> {
  const { definition, reader, sampler, phase } = parts;
  let state = await reader.read();
  const isSuperseded = () => phaseOf(state).number !== phase.number;
  if (isSuperseded()) return 'superseded';
  let held = false;
  for (const number of openNumbers(definition, state, phase, lowest)) {
    const known = state.trials.get(number)?.asked;
    const looks = known === undefined && looksBack(definition.sampler);
    const seen = looks ? seenTrials(definition, state, phase) : [];
    const point = known?.params ?? sampler.suggest(samplerNumber(definition, phase, number), seen);
    if (point === undefined) break;
    const attempt = await tryClaim(claimFolder(parts, state, number));
    if (attempt.kind === 'owned') {
      const { claim, restarts, deaths, died } = attempt;
      state = await reader.read();
      if (isSuperseded()) {
        await claim.end({ state: 'released' });
        return 'superseded';
      }
      const now = state.trials.get(number);
      if (now?.told === undefined) {
        const asked = now?.asked ?? { params: point, seen: seenNumbers(seen) }; // who died may have asked it meanwhile
        const trial = begun(parts, now ?? newTrial(number), asked, claim, restarts);
        const failed = died && diedTooOften(definition, await leftBy(parts, number, died), died, deaths);
        if (failed === undefined) return trial;
        await trial.tell({ state: 'failed', runs: [], reason: failed });
        continue;
      }
      await claim.end({ state: 'done' }); // its worker died between telling and leaving the claim
    }
    held ||= attempt.kind === 'held';
    if (attempt.kind === 'held' && known === undefined) state = await reader.read(); // it was asked meanwhile
  }
  return held ? 'wait' : 'finished';
}

function claimFolder({ definition, layout }: Parts, state: StudyState, number: number): string {
  const folder = layout.study(definition.name).trial(number);
  const reopened = state.trials.get(number)?.reopened ?? 0;
  return reopened === 0 ? folder : `${folder}.${reopened}`;
}

function seenNumbers(seen: readonly SeenTrial[]): SeenNumbers {
  const numbers = (running: boolean) =>
    toRanges(seen.filter(({ state }) => (state === 'running') === running).map(({ number }) => number));
  return { told: numbers(false), running: numbers(true) };
}

/** Puts on record that its owner is gone, before anything else is said of it. @returns the trial with that */
async function leftBy({ journal, definition, reader }: Parts, trial: number, died: Died): Promise<StudyTrial> {
  journal.append(leaving(definition, trial, died.by, deathOf(died)));
  return (await reader.read()).trials.get(trial) ?? newTrial(trial);
}

function leaving({ name }: StudyDefinition, trial: number, by: ProcessIdentity, reason: string): TrialLeft {
  return { type: 'trial-left', at: Date.now(), study: name, trial, by, reason };
}

function begun(
  parts: Parts,
  before: StudyTrial,
  { params, seen }: Pick<TrialAsked, 'params' | 'seen'>,
  claim: Claim,
  restarts: number,
): Trial {
  const { definition, journal } = parts;
  const { number } = before;
  const ofTrial = { study: definition.name, trial: number };
  journal.append({
    ...{ type: 'trial-asked', at: Date.now(), ...ofTrial, params, by: currentProcess(), restarts },
    ...(seen === undefined ? {} : { seen }),
  });
  return {
    ...{ number, params, restarts },
    ...trialJudge(parts, before, params),
    tell: async (told) => {
      if (!(await claim.isOurs())) return;
      journal.append({ type: 'trial-told', at: Date.now(), ...ofTrial, ...told });
      journal.sync(); // a claim that is done and of which nothing was told would be taken by nobody
      await claim.end({ state: 'done' });
    },
    release: async (reason) => {
      if (reason !== undefined) journal.append(leaving(definition, number, currentProcess(), reason));
      await claim.end({ state: 'released' });
    },
  };
}
