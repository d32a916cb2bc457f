/**
 * A study: trials are asked for, report while they run, and are told how they ended. Any number of processes, on any
 * number of machines that share the folder, work on one study.
 */
import type { FinalTold, ReplicateTold, TrialTold } from '../events.ts';
import { openJournal } from '../record/journal.ts';
import type { Layout } from '../store/layout.ts';
import { currentProcess } from '../store/process-identity.ts';
import { type Asking, ask, type Taken } from './ask.ts';
import { claimLooks } from './claim-looks.ts';
import type { StudyDefinition } from './definition.ts';
import { donePoints } from './open-numbers.ts';
import { prunerOf } from './pruner.ts';
import type { Point } from './search-space.ts';
import { sharedReader } from './shared-reader.ts';
import { studySampler } from './study-sampler.ts';
import { phaseOf, type StudyState } from './study-state.ts';
import { trialClaims } from './trial-claims.ts';
import { leaving } from './trial-deaths.ts';
import { type TrialJudge, trialJudge } from './trial-judge.ts';

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
  /** As it is now, whoever made it so; with very many workers as it was some seconds ago. */
  state(): Promise<StudyState>;
  /** As it is now, whatever that costs. */
  latest(): Promise<StudyState>;
  /** Puts on record what is no trial's. */
  note(event: ReplicateTold | FinalTold): void;
  close(): void;
}

/** A study that was begun: see begin-study.ts. */
export async function openStudy(definition: StudyDefinition, layout: Layout): Promise<Study> {
  const folder = layout.study(definition.name);
  const reader = sharedReader(folder);
  const state = await reader.readAll();
  const phase = phaseOf(state);
  const claims = await trialClaims(folder);
  const asking: Asking = {
    ...{ definition, reader, phase },
    view: { claims, looks: claimLooks(), lowest: { known: phase.first }, lost: new Set() },
    journal: openJournal(folder.journals),
    sampler: await studySampler(definition, donePoints(definition, state, phase)),
    pruner: definition.pruner && (await prunerOf(definition.pruner, definition.prunedGoal)),
  };
  return {
    ask: () => ask(asking, (taken) => begun(asking, taken)),
    state: () => reader.read(),
    latest: () => reader.readAll(),
    note: (event) => {
      asking.journal.append(event);
      asking.journal.sync();
    },
    close: () => asking.journal.close(),
  };
}

function begun(asking: Asking, { before, asked, claim, restarts }: Taken): Trial {
  const { definition, journal } = asking;
  const { number } = before;
  const { params, seen } = asked;
  const ofTrial = { study: definition.name, trial: number };
  journal.append({
    ...{ type: 'trial-asked', at: Date.now(), ...ofTrial, params, by: currentProcess(), restarts },
    ...(seen === undefined ? {} : { seen }),
  });
  return {
    ...{ number, params, restarts },
    ...trialJudge(asking, before, params),
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
