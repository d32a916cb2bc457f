/** The order of stages, from what they depend on. */
import { type Diagnostic, UserError } from '../errors.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';

/** Names of the stages this one takes outputs of. */
export function upstream(stage: Stage): string[] {
  const names = Object.values(stage.deps).flatMap((dep) => (dep.kind === 'output' ? [dep.stage] : []));
  return [...new Set(names)];
}

/**
 * The targets and all they need, dependencies first, otherwise in the order declared.
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
  const wanted = targets === undefined || targets.length === 0 ? [...pipeline.stages.keys()] : targets;
  for (const name of wanted) visit(name, []);
  return [...pipeline.stages.values()].filter((stage) => ordered.has(stage.name)).sort(byPosition(ordered));
}

/** Whether the stage, or one it depends on, looks at held-out data. */
export function seesHoldout(pipeline: Pipeline, name: string): boolean {
  return stagesInOrder(pipeline, [name]).some((stage) => stage.holdout);
}

function stageNamed(pipeline: Pipeline, name: string): Stage {
  const stage = pipeline.stages.get(name);
  if (stage !== undefined) return stage;
  throw new UserError(`there is no stage "${name}"`, `the stages are: ${[...pipeline.stages.keys()].join(', ')}`);
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
