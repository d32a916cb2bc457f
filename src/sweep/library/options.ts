/** What a program asks of a study, and the definition that it comes to. */
import { UserError } from '../../errors.ts';
import type { Goal } from '../../pipeline/types.ts';
import { constraint } from '../constraints.ts';
import { defaultPruner, defaultSampler } from '../defaults.ts';
import { type Metric, type StudyDefinition, studyName } from '../definition.ts';
import type { PrunerSpec } from '../pruner.ts';
import type { SamplerSpec } from '../sampler.ts';
import { type Distribution, type SearchSpace, sizeOf } from '../search-space.ts';
import type { Parameter, Params } from './parameters.ts';

export interface StudyOptions<P extends Params> {
  /** Letters, digits, _ and -. */
  readonly name: string;
  /** One for each objective. */
  readonly direction: Goal | readonly Goal[];
  readonly space: { readonly [Name in keyof P]: Parameter<P[Name]> };
  /** `tpe` with seed 1 where absent; what is not said of it is as in a sweep file. */
  readonly sampler?: Partial<SamplerSpec> & Pick<SamplerSpec, 'type'>;
  readonly pruner?: Partial<PrunerSpec> & Pick<PrunerSpec, 'type'>;
  /** Conditions that each point meets: `'x + y <= 10'`. */
  readonly constraints?: readonly string[];
  /** Parameters whose values are arms: a sampler, a pruner and as many trials for each. */
  readonly stratify?: readonly string[];
  /** How many points; without end where absent. */
  readonly trials?: number;
  /** So many finished trials without a better one end the search. */
  readonly patience?: number;
  /** Where it is kept; `runs` of the working directory where absent. */
  readonly runs?: string;
}

/** Throws {@link UserError} for what can be no study. */
export function definitionOf<P extends Params>(options: StudyOptions<P>): StudyDefinition {
  const { name, direction, trials = Infinity, patience, stratify = [] } = options;
  if (!new RegExp(studyName).test(name))
    throw new UserError(`"${name}" cannot be a study's name`, 'take letters, digits, _ and -');
  const [goal, ...others] = typeof direction === 'string' ? [direction] : direction;
  if (goal === undefined) throw new UserError('a study has at least one direction');
  const further = others.map((other, at): Metric => ({ name: `value${at + 1}`, goal: other }));
  const space = spaceOf(options.space);
  const names = space.map((dimension) => dimension.name);
  const sampler = defaultSampler(options.sampler ?? { type: 'tpe' });
  checkFinite(space, stratify, sampler.type === 'grid');
  return {
    ...{ name, space, stratify },
    metrics: [{ name: 'value', goal }, ...further],
    constraints: (options.constraints ?? []).map((text) => constraint(text, names, {})),
    sampler,
    ...(options.pruner === undefined ? {} : { pruner: defaultPruner(options.pruner) }),
    ...{ prunedGoal: goal, minReplicates: 1 },
    budget: { trials, ...(patience === undefined ? {} : { patience }) },
  };
}

/** An arm for each value, and a grid: both want an end of them. */
function checkFinite(space: SearchSpace, stratify: readonly string[], isGrid: boolean): void {
  for (const name of stratify)
    if (!space.some((dimension) => dimension.name === name))
      throw new UserError(`stratify: ${name} is not among the parameters`);
  for (const { name, distribution } of space)
    if ((isGrid || stratify.includes(name)) && sizeOf(distribution) === Infinity)
      throw new UserError(`${name} has no end of values`, 'give it a step, or list its values');
}

function checkRange(name: string, distribution: Distribution): void {
  if (distribution.kind === 'categorical') {
    if (distribution.values.length === 0) throw new UserError(`${name} has no values`);
    return;
  }
  const { low, high, log } = distribution;
  if (!(low < high)) throw new UserError(`${name}: ${low} is not below ${high}`);
  if (log && low <= 0) throw new UserError(`${name}: a log scale begins above 0`);
}

/** A parameter stands behind those it depends on. */
function spaceOf(parameters: Readonly<Record<string, Parameter>>): SearchSpace {
  const before = new Set<string>();
  return Object.entries(parameters).map(([name, { distribution, when = {} }]) => {
    const missing = Object.keys(when).find((other) => !before.has(other));
    if (missing !== undefined) throw new UserError(`${name} depends on ${missing}, which does not stand before it`);
    before.add(name);
    checkRange(name, distribution);
    return { name, distribution, when };
  });
}
