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
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import { layoutOf } from '../store/layout.ts';
import { beginStudy } from './begin-study.ts';
import { constraint } from './constraints.ts';
import { defaultPruner, defaultSampler } from './defaults.ts';
import { lossOf, type StudyDefinition } from './definition.ts';
import type { PrunerSpec } from './pruner.ts';
import type { SamplerSpec } from './sampler.ts';
import type { Distribution, SearchSpace } from './search-space.ts';
import { openStudy, type Trial } from './study.ts';
import type { StudyTrial } from './study-state.ts';

/** A parameter's values, and where it is there at all. */
export interface Parameter<Value = unknown> {
  readonly distribution: Distribution;
  readonly when?: Readonly<Record<string, readonly JsonValue[]>>;
  /** For the compiler alone, which has the types of a trial's params from it; never there. */
  readonly value?: Value;
}

/** Where a parameter has a condition, it is absent from the points that do not meet it. */
export type Params = Readonly<Record<string, JsonValue | undefined>>;

export interface StudyOptions<P extends Params> {
  readonly name: string;
  /** One for each objective. */
  readonly direction: Goal | readonly Goal[];
  readonly space: { readonly [Name in keyof P]: Parameter<P[Name]> };
  /** `tpe` with seed 1 where absent; what is not said of it is as in a sweep file. */
  readonly sampler?: Partial<SamplerSpec> & Pick<SamplerSpec, 'type'>;
  readonly pruner?: Partial<PrunerSpec> & Pick<PrunerSpec, 'type'>;
  /** Conditions that each point meets: `'x + y <= 10'`. */
  readonly constraints?: readonly string[];
  readonly stratify?: readonly string[];
  /** How many points; without end where absent. */
  readonly trials?: number;
  /** So many finished trials without a better one end the search. */
  readonly patience?: number;
  /** Where it is kept; `runs` of the working directory where absent. */
  readonly runs?: string;
}

export interface OpenTrial<P extends Params> {
  readonly number: number;
  readonly params: P;
  /** What the pruner reads: steps rise. */
  report(step: number, value: number): void;
  /** Whether it is to end after what it reported last. */
  shouldPrune(): Promise<boolean>;
}

/** How a trial ended: its objectives, or that it was pruned or failed. */
export type Outcome = number | readonly number[] | 'pruned' | { readonly failed: string };

export interface FinishedTrial<P extends Params> {
  readonly number: number;
  readonly params: P;
  readonly state: 'complete' | 'pruned' | 'failed';
  readonly values?: readonly number[];
  readonly reason?: string;
}

export interface LibraryStudy<P extends Params> {
  /** The next trial; undefined when there is none left. Waits where all that are left are run by other processes. */
  ask(): Promise<OpenTrial<P> | undefined>;
  tell(trial: OpenTrial<P>, outcome: Outcome): Promise<void>;
  /** Asks and tells until none is left. What the function throws fails its trial, not the study. */
  optimize(objective: (trial: OpenTrial<P>) => Promise<Outcome> | Outcome): Promise<void>;
  /** All that are finished, by number, whoever ran them. */
  trials(): Promise<readonly FinishedTrial<P>[]>;
  /** Of the first objective; undefined before the first is complete. */
  best(): Promise<FinishedTrial<P> | undefined>;
  close(): void;
}

export function float(
  low: number,
  high: number,
  { log = false, step }: { log?: boolean; step?: number } = {},
): Parameter<number> {
  return { distribution: { kind: 'float', low, high, log, ...(step === undefined ? {} : { step }) } };
}

export function int(
  low: number,
  high: number,
  { log = false, step = 1 }: { log?: boolean; step?: number } = {},
): Parameter<number> {
  return { distribution: { kind: 'int', low, high, log, step } };
}

export function categorical<const Value extends JsonValue>(values: readonly Value[]): Parameter<Value> {
  return { distribution: { kind: 'categorical', values } };
}

/** The parameter where others have one of the values. */
export function when<Value>(
  conditions: Readonly<Record<string, readonly JsonValue[]>>,
  parameter: Parameter<Value>,
): Parameter<Value | undefined> {
  return { ...parameter, when: conditions };
}

const pollMs = 100;

/** Begins a study, or goes on with it. Throws {@link UserError} where one of its name asked otherwise. */
export async function createStudy<P extends Params>(options: StudyOptions<P>): Promise<LibraryStudy<P>> {
  const definition = definitionOf(options);
  const layout = layoutOf(options.runs ?? 'runs');
  await beginStudy(definition, { identity: identityOf(definition), given: {} }, layout);
  const study = await openStudy(definition, layout);
  const asked = new Map<number, Trial>();
  const opened = (trial: Trial): OpenTrial<P> => {
    asked.set(trial.number, trial);
    return {
      number: trial.number,
      params: trial.params as P,
      report: (step, value) => trial.report(step, value),
      shouldPrune: async () => {
        const reason = await trial.shouldPrune();
        if (reason !== undefined) reasons.set(trial.number, reason);
        return reason !== undefined;
      },
    };
  };
  const reasons = new Map<number, string>();
  const finished = async () =>
    [...(await study.state()).trials.values()]
      .flatMap((trial) => finishedTrial<P>(trial))
      .sort((a, b) => a.number - b.number);
  const self: LibraryStudy<P> = {
    async ask() {
      for (;;) {
        const trial = await study.ask();
        if (trial === 'finished' || trial === 'superseded') return undefined;
        if (trial !== 'wait') return opened(trial);
        await sleep(pollMs);
      }
    },
    async tell({ number }, outcome) {
      const trial = asked.get(number);
      if (trial === undefined) throw new Error(`trial ${number} was not asked for here, or is told already`);
      asked.delete(number);
      await tell(trial, outcome, definition, reasons.get(number));
    },
    async optimize(objective) {
      for (let trial = await self.ask(); trial !== undefined; trial = await self.ask())
        await self.tell(trial, await outcomeOf(objective, trial));
    },
    trials: finished,
    async best() {
      const [{ goal }] = definition.metrics;
      const complete = (await finished()).filter(({ state, values }) => state === 'complete' && values !== undefined);
      const loss = ({ values }: FinishedTrial<P>) => lossOf(values?.[0] ?? Number.NaN, goal);
      return complete.reduce<FinishedTrial<P> | undefined>(
        (best, trial) => (best === undefined || loss(trial) < loss(best) ? trial : best),
        undefined,
      );
    },
    close: () => study.close(),
  };
  return self;
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

async function tell(trial: Trial, outcome: Outcome, definition: StudyDefinition, reason?: string): Promise<void> {
  if (outcome === 'pruned') {
    const last = trial.reported();
    return trial.tell({
      ...{ state: 'pruned', runs: [] },
      ...(last === undefined ? {} : { step: last.step, ...(Number.isFinite(last.value) ? { value: last.value } : {}) }),
      ...(reason === undefined ? {} : { reason }),
    });
  }
  if (typeof outcome === 'object' && 'failed' in outcome)
    return trial.tell({ state: 'failed', runs: [], reason: outcome.failed });
  const values = typeof outcome === 'number' ? [outcome] : [...outcome];
  const wanted = definition.metrics.length;
  if (values.length !== wanted)
    throw new Error(`the study has ${wanted} objectives, and was told ${values.length} values`);
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) return trial.tell({ state: 'failed', runs: [], reason: `the objective is ${bad}` });
  return trial.tell({ state: 'complete', runs: [], value: values[0] as number, replicates: [values] });
}

function finishedTrial<P extends Params>({ number, asked, told }: StudyTrial): FinishedTrial<P>[] {
  if (asked === undefined || told === undefined) return [];
  const values = told.replicates?.[0] ?? (told.value === undefined ? undefined : [told.value]);
  return [
    {
      ...{ number, params: asked.params as P, state: told.state },
      ...(values === undefined ? {} : { values }),
      ...(told.reason === undefined ? {} : { reason: told.reason }),
    },
  ];
}

function definitionOf<P extends Params>(options: StudyOptions<P>): StudyDefinition {
  const goals = typeof options.direction === 'string' ? [options.direction] : options.direction;
  const metrics = goals.map((goal, m) => ({ name: m === 0 ? 'value' : `value${m}`, goal }));
  const [first] = metrics;
  if (first === undefined) throw new UserError('a study has at least one direction');
  const space: SearchSpace = Object.entries<Parameter>(options.space).map(
    ([name, { distribution, when: conditions }]) => {
      return { name, distribution, when: conditions ?? {} };
    },
  );
  checkOrder(space);
  const names = space.map(({ name }) => name);
  return {
    ...{ name: options.name, metrics: metrics as unknown as StudyDefinition['metrics'], space },
    constraints: (options.constraints ?? []).map((text) => constraint(text, names, {})),
    sampler: defaultSampler(options.sampler ?? { type: 'tpe' }),
    ...(options.pruner === undefined ? {} : { pruner: defaultPruner(options.pruner) }),
    ...{ prunedGoal: first.goal, stratify: options.stratify ?? [], minReplicates: 1 },
    budget: {
      trials: options.trials ?? Infinity,
      ...(options.patience === undefined ? {} : { patience: options.patience }),
    },
  };
}

/** A parameter stands behind those it depends on. */
function checkOrder(space: SearchSpace): void {
  const before = new Set<string>();
  for (const { name, when: conditions } of space) {
    const missing = Object.keys(conditions).find((other) => !before.has(other));
    if (missing !== undefined) throw new UserError(`${name} depends on ${missing}, which does not stand before it`);
    before.add(name);
  }
}

function identityOf({ metrics, space, sampler, pruner, constraints, stratify }: StudyDefinition) {
  const identity = {
    metric: metrics.length === 1 ? metrics[0] : metrics,
    sampler,
    parameters: Object.fromEntries(space.map(({ name, ...dimension }) => [name, dimension])),
    ...(pruner === undefined ? {} : { pruner }),
    ...(constraints.length === 0 ? {} : { constraints: constraints.map(({ text }) => text) }),
    ...(stratify.length === 0 ? {} : { stratify }),
  };
  return JSON.parse(JSON.stringify(identity)) as Readonly<Record<string, JsonValue>>;
}
