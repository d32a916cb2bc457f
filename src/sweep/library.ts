/**
 * Studies from TypeScript, of anything: ask for a point, report while it runs, tell how it ended.
 *
 * ```ts
 * const study = await createStudy({
 *   name: 'branin',
 *   direction: 'minimize',
 *   space: { x: float(-5, 10), y: float(0, 15) },
 *   sampler: { type: 'tpe', seed: 1 },
 *   trials: 100,
 * });
 * await study.optimize(async ({ params }) => branin(params.x, params.y));
 * console.log(await study.best());
 * ```
 *
 * What it did is under `runs/studies/NAME`: the same call goes on with it, other processes may work on it at the same time.
 */
import { layoutOf } from '../store/layout.ts';
import { beginStudy } from './begin-study.ts';
import { fits, lossOf, type StudyDefinition, searchIdentity } from './definition.ts';
import { definitionOf, type StudyOptions } from './library/options.ts';
import { type FinishedTrial, finishedTrial, type Outcome, toldOf } from './library/outcome.ts';
import type { Params } from './library/parameters.ts';
import { patience } from './patience.ts';
import { openStudy, type Study, type Trial } from './study.ts';

export type { StudyOptions } from './library/options.ts';
export type { FinishedTrial, Outcome } from './library/outcome.ts';
export { categorical, float, int, type Parameter, type Params, when } from './library/parameters.ts';

export interface OpenTrial<P extends Params> {
  readonly number: number;
  readonly params: P;
  /** What the pruner reads: steps rise. */
  report(step: number, value: number): void;
  /** Whether it is to end after what it reported last. */
  shouldPrune(): Promise<boolean>;
}

export interface LibraryStudy<P extends Params> {
  /** The next trial; undefined when there is none left. Waits where all that are left are run by other processes. */
  ask(): Promise<OpenTrial<P> | undefined>;
  /** Throws an Error for a trial that is not open here, and for another number of values than there are objectives. */
  tell(trial: OpenTrial<P>, outcome: Outcome): Promise<void>;
  /** Asks and tells until none is left. What the function throws fails its trial, not the study. */
  optimize(objective: (trial: OpenTrial<P>) => Promise<Outcome> | Outcome): Promise<void>;
  /** All that are finished, by number, whoever ran them; those of an earlier space where they are points of this one. */
  trials(): Promise<readonly FinishedTrial<P>[]>;
  /** Of these the one with the best first objective; undefined before the first is complete. */
  best(): Promise<FinishedTrial<P> | undefined>;
  close(): void;
}

const pollMs = 100;

/** A trial in the hands of the program, and why it was to be pruned. */
interface Held {
  readonly trial: Trial;
  reason?: string;
}

/** Begins a study, or goes on with it. Throws {@link UserError} where one of its name asked otherwise. */
export async function createStudy<P extends Params>(options: StudyOptions<P>): Promise<LibraryStudy<P>> {
  const definition = definitionOf(options);
  const layout = layoutOf(options.runs ?? 'runs');
  await beginStudy(definition, { identity: searchIdentity(definition), given: {} }, layout);
  const study = await openStudy(definition, layout);
  const open = new Map<number, Held>();
  const self: LibraryStudy<P> = {
    async ask() {
      const trial = await nextTrial(study);
      if (trial === undefined) return undefined;
      const held: Held = { trial };
      open.set(trial.number, held);
      return openTrial<P>(held);
    },
    async tell({ number }, outcome) {
      const held = open.get(number);
      if (held === undefined) throw new Error(`trial ${number} was not asked for here, or is told already`);
      const told = toldOf(outcome, held.trial, definition.metrics.length, held.reason);
      open.delete(number);
      await held.trial.tell(told);
    },
    async optimize(objective) {
      for (let trial = await self.ask(); trial !== undefined; trial = await self.ask())
        await self.tell(trial, await outcomeOf(objective, trial));
    },
    trials: () => finishedTrials<P>(study, definition),
    best: async () => bestOf(await finishedTrials<P>(study, definition), definition),
    close: () => study.close(),
  };
  return self;
}

async function nextTrial(study: Study): Promise<Trial | undefined> {
  const patient = patience(pollMs);
  for (;;) {
    const trial = await study.ask();
    if (trial === 'finished' || trial === 'superseded') return undefined;
    if (trial !== 'wait') return trial;
    await patient.wait();
  }
}

function openTrial<P extends Params>(held: Held): OpenTrial<P> {
  const { trial } = held;
  return {
    number: trial.number,
    params: trial.params as P,
    report: (step, value) => trial.report(step, value),
    shouldPrune: async () => {
      const reason = await trial.shouldPrune();
      if (reason !== undefined) held.reason = reason;
      return reason !== undefined;
    },
  };
}

async function outcomeOf<P extends Params>(
  objective: (trial: OpenTrial<P>) => Promise<Outcome> | Outcome,
  trial: OpenTrial<P>,
): Promise<Outcome> {
  try {
    return await objective(trial);
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

async function finishedTrials<P extends Params>(
  study: Study,
  definition: StudyDefinition,
): Promise<FinishedTrial<P>[]> {
  const { trials } = await study.latest();
  return [...trials.values()]
    .filter(({ asked }) => asked !== undefined && fits(definition, asked.params))
    .flatMap((trial) => finishedTrial<P>(trial) ?? [])
    .sort((a, b) => a.number - b.number);
}

function bestOf<P extends Params>(
  trials: readonly FinishedTrial<P>[],
  { metrics: [{ goal }] }: StudyDefinition,
): FinishedTrial<P> | undefined {
  const loss = ({ values }: FinishedTrial<P>) => lossOf(values?.[0] ?? Number.NaN, goal);
  const [best] = trials.filter(({ state }) => state === 'complete').sort((a, b) => loss(a) - loss(b));
  return best;
}
