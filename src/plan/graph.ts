/** The order of stages, from what they depend on. */
import { type Diagnostic, UserError, unreachable } from '../errors.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { Dependency, Pipeline, Stage } from '../pipeline/types.ts';

/** Names of the stages this one takes outputs of. */
export function upstream(stage: Stage): string[] {
  return [...new Set(Object.values(stage.deps).flatMap(stagesBehind))];
}

function stagesBehind(dep: Dependency): readonly string[] {
  switch (dep.kind) {
    case 'output':
      return [dep.stage];
    case 'outputs':
      return dep.stages;
    case 'path':
      return [];
    default:
      return unreachable(dep);
  }
}

/** Whether it is a stage, or stands for the instances of one. */
export function isTarget(pipeline: Pipeline, name: string): boolean {
  return pipeline.stages.has(name) || [...pipeline.stages.values()].some(({ group }) => group === name);
}

/** Names of stages for what a user typed: `train` stands for all of its instances. Throws {@link UserError} for others. */
export function expandTargets(pipeline: Pipeline, typed: readonly string[]): string[] {
  const names = typed.flatMap((name) => {
    if (pipeline.stages.has(name)) return [name];
    const instances = [...pipeline.stages.values()].filter(({ group }) => group === name);
    return instances.length > 0 ? instances.map((stage) => stage.name) : [stageNamed(pipeline, name).name];
  });
  return [...new Set(names)];
}

/**
 * The targets (see {@link expandTargets}) and all they need, dependencies first, otherwise in the order declared.
 * Throws {@link UserError} for an unknown target or a cycle.
 */
export function stagesInOrder(pipeline: Pipeline, targets?: readonly string[]): Stage[] {
  const ordered = new Map<string, Stage>();
  const visit = (name: string, path: readonly string[]): void => {
    if (ordered.has(name)) return;
    const stage = stageNamed(pipeline, name);
    if (path.includes(name)) throw new UserError([cycleDiagnostic(stage, [...path.slice(path.indexOf(name)), name])]);
    for (const before of upstream(stage)) visit(before, [...path, name]);
    ordered.set(name, stage);
  };
  const wanted =
    targets === undefined || targets.length === 0 ? [...pipeline.stages.keys()] : expandTargets(pipeline, targets);
  for (const name of wanted) visit(name, []);
  return [...pipeline.stages.values()].filter((stage) => ordered.has(stage.name)).sort(byPosition(ordered));
}

/** Whether the stage, or one it depends on, looks at held-out data. */
export function seesHoldout(pipeline: Pipeline, name: string, seen = new Set<string>()): boolean {
  const stage = stageNamed(pipeline, name);
  seen.add(name);
  return stage.holdout || upstream(stage).some((before) => !seen.has(before) && seesHoldout(pipeline, before, seen));
}

function stageNamed(pipeline: Pipeline, name: string): Stage {
  const stage = pipeline.stages.get(name);
  if (stage !== undefined) return stage;
  const known = [...pipeline.stages.values()].flatMap((one) => [
    ...(one.group === undefined ? [] : [one.group]),
    one.name,
  ]);
  throw new UserError(`there is no stage "${name}"`, didYouMean(name, new Set(known)).hint ?? stagesHint(pipeline));
}

/** Stages, instances by the name that stands for all of them. */
function stagesHint({ stages }: Pipeline): string {
  return `the stages are: ${[...new Set([...stages.values()].map(({ group, name }) => group ?? name))].join(', ')}`;
}

function byPosition(ordered: ReadonlyMap<string, Stage>): (a: Stage, b: Stage) => number {
  const position = new Map([...ordered.keys()].map((name, at) => [name, at]));
  return (a, b) => (position.get(a.name) ?? 0) - (position.get(b.name) ?? 0);
}

function cycleDiagnostic(stage: Stage, cycle: readonly string[]): Diagnostic {
  return {
    severity: 'error',
    message: `stages depend on each other in a circle: ${cycle.join(' → ')}`,
    hint: 'remove one of these dependencies',
    place: stage.place,
  };
}
