/**
 * A study: trials are asked for, report while they run, and are told how they ended. Any number of processes, on any
 * number of machines that share the folder, work on one study.
 */
import type { FinalTold, ReplicateTold, SeenNumbers, StudyPhase, TrialReported, TrialTold } from '../events.ts';
import { type JournalWriter, openJournal } from '../record/journal.ts';
import { type Claim, tryClaim } from '../store/claims.ts';
import type { Layout } from '../store/layout.ts';
import { currentProcess } from '../store/process-identity.ts';
import { armOf } from './arms.ts';
import { isSpent } from './budget.ts';
import type { StudyDefinition } from './definition.ts';
import { toRanges } from './number-ranges.ts';
import { type Curve, type PruneReason, type Pruner, prunerOf } from './pruner.ts';
import { replicateNoise, shifted } from './replicate-noise.ts';
import type { Sampler, SeenTrial } from './sampler.ts';
import { type Point, pointKey } from './search-space.ts';
import { counts, curveOf, othersCurves, replicateCurves, seenTrials } from './seen.ts';
import { studySampler } from './study-sampler.ts';
import { phaseOf, type StudyReader, type StudyState, studyReader } from './study-state.ts';

export type Told = Pick<TrialTold, 'state' | 'runs' | 'value' | 'replicates' | 'reason' | 'step' | 'cost'>;

export interface Trial {
  readonly number: number;
  readonly params: Point;
  /** How often it was begun before by a process that died. */
  readonly restarts: number;
  /** What the pruner reads; a step that was reported before, by an owner that died, is not reported again. */
  report(step: number, value: number, replicate?: number): void;
  /** What it reported last. */
  reported(replicate?: number): { readonly step: number; readonly value: number } | undefined;
  /** Whether it is to end after what it reported last, and why. Never for a difference that another seed may make. */
  shouldPrune(replicate?: number): Promise<PruneReason | undefined>;
  /** How it ended. */
  tell(told: Told): Promise<void>;
  /** Gives it back untold: whoever asks next runs it. */
  release(): Promise<void>;
}

export interface Study {
  /** The next trial that nobody runs; `wait` where all that are left are run by others. */
  ask(): Promise<Trial | 'wait' | 'finished'>;
  /** As it is now, whoever made it so. */
  state(): Promise<StudyState>;
  /** Puts on record what is no trial's. */
  note(event: ReplicateTold | FinalTold): void;
  close(): void;
}

interface Parts {
  readonly definition: StudyDefinition;
  readonly layout: Layout;
  readonly reader: StudyReader;
  readonly journal: JournalWriter;
  readonly sampler: Sampler;
  readonly pruner: Pruner | undefined;
  readonly phase: StudyPhase;
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

/** Keys of the points of earlier phases that count: a grid does not have them again. */
export function donePoints(definition: StudyDefinition, state: StudyState, phase: StudyPhase): ReadonlySet<string> {
  const before = [...state.trials.values()].filter(
    (trial) => trial.number < phase.first && counts(definition, trial, phase),
  );
  return new Set(before.map(({ asked }) => pointKey(asked?.params ?? {})));
}

/** Numbers of trials that are in the budget: those of earlier phases that count, then this phase's. */
export function* openNumbers(
  definition: StudyDefinition,
  state: StudyState,
  phase: StudyPhase,
  lowest = { open: phase.first },
): Generator<number> {
  let kept = 0;
  if (phase.first > 0)
    for (const trial of [...state.trials.values()].sort((a, b) => a.number - b.number)) {
      if (trial.number >= phase.first || !counts(definition, trial, phase)) continue;
      kept++;
      if (trial.told === undefined) yield trial.number;
    }
  const end = phase.first + Math.max(0, definition.budget.trials - kept);
  while (lowest.open < end && isTold(state, lowest.open)) lowest.open++;
  const spent = isSpent(definition, state, phase);
  for (let number = lowest.open; number < end; number++)
    if (!isTold(state, number) && (!spent || state.trials.has(number))) yield number;
}

/** The lowest trial that is neither told nor in the hands of a living worker. */
async function ask(parts: Parts, lowest: { open: number }): Promise<Trial | 'wait' | 'finished'> {
  const { definition, reader, sampler, phase } = parts;
  let state = await reader.read();
  if (phaseOf(state).number !== phase.number) return 'finished'; // it goes on with another search, elsewhere
  let held = false;
  for (const number of openNumbers(definition, state, phase, lowest)) {
    const known = state.trials.get(number)?.asked;
    const seen = seenTrials(definition, state, phase);
    const point = known?.params ?? sampler.suggest(samplerNumber(definition, phase, number), seen);
    if (point === undefined) break;
    const attempt = await tryClaim(claimFolder(parts, state, number));
    if (attempt.kind === 'owned') {
      const { claim, restarts } = attempt;
      state = await reader.read();
      if (!isTold(state, number)) return begun(parts, number, point, known?.seen ?? seenNumbers(seen), claim, restarts);
      await claim.end({ state: 'done' }); // its worker died between telling and leaving the claim
    }
    held ||= attempt.kind === 'held';
    if (attempt.kind === 'held' && known === undefined) state = await reader.read(); // it was asked meanwhile
  }
  return held ? 'wait' : 'finished';
}

/** A grid begins anew in each phase; what draws goes on, so that it draws nothing twice. */
export function samplerNumber({ sampler }: StudyDefinition, phase: StudyPhase, number: number): number {
  return sampler.type === 'grid' ? number - phase.first : number;
}

function isTold(state: StudyState, number: number): boolean {
  return state.trials.get(number)?.told !== undefined;
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

function begun(parts: Parts, number: number, point: Point, seen: SeenNumbers, claim: Claim, restarts: number): Trial {
  const { definition, journal } = parts;
  const ofTrial = { study: definition.name, trial: number };
  journal.append({
    ...{ type: 'trial-asked', at: Date.now(), ...ofTrial, params: point, by: currentProcess(), restarts, seen },
  });
  const judging = judge(parts, number, point);
  return {
    ...{ number, params: point, restarts },
    ...judging,
    tell: async (told) => {
      journal.append({ type: 'trial-told', at: Date.now(), ...ofTrial, ...told });
      journal.sync(); // a claim that is done and of which nothing was told would be taken by nobody
      await claim.end({ state: 'done' });
    },
    release: () => claim.end({ state: 'released' }),
  };
}

/** The part of a trial that reports and is judged. */
function judge(parts: Parts, number: number, point: Point): Pick<Trial, 'report' | 'reported' | 'shouldPrune'> {
  const { definition, journal, reader, pruner, phase } = parts;
  const own = new Map<number, TrialReported[]>();
  const reportsOf = async (replicate: number) => {
    const before = (await reader.read()).trials.get(number)?.curves[replicate] ?? [];
    const now = own.get(replicate) ?? [];
    return [...before.filter(({ step }) => step < (now[0]?.step ?? Infinity)), ...now];
  };
  return {
    report(step, value, replicate = 0) {
      const event: TrialReported = {
        ...{ type: 'trial-reported', at: Date.now(), study: definition.name, trial: number, replicate, step },
        value: Number.isFinite(value) ? value : (String(value) as TrialReported['value']),
      };
      own.set(replicate, [...(own.get(replicate) ?? []), event]);
      if (pruner !== undefined) journal.append(event);
    },
    reported(replicate = 0) {
      const last = own.get(replicate)?.at(-1);
      return last && { step: last.step, value: Number(last.value) };
    },
    async shouldPrune(replicate = 0) {
      if (pruner === undefined) return undefined;
      const curve = curveOf(await reportsOf(replicate), definition);
      if (curve.length === 0) return undefined;
      const state = await reader.read();
      const arm = pointKey(armOf(definition, point));
      const others = othersCurves(definition, state, phase, { number, arm }, replicate);
      const asks = (of: Curve) => pruner.shouldPrune({ number, state: 'running', curve: of }, others);
      const reason = asks(curve);
      if (reason === undefined || definition.minReplicates < 2) return reason;
      const noise = replicateNoise(replicateCurves(definition, state, phase, arm), curve.at(-1)?.step ?? 0);
      return noise === undefined || asks(shifted(curve, noise)) === undefined ? undefined : reason;
    },
  };
}
