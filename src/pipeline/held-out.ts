/** A stage that says it looks at held-out data, judged on what a stage before it was given: then nothing is held out. */
import { normalize } from 'node:path';
import type { Diagnostic } from '../errors.ts';
import type { Dependency, Stage } from './types.ts';

/**
 * For each `holdout` stage the dependencies that its metrics are `comparable_by`, which is what they are judged on, where
 * a stage upstream depends on the same output or path. Content is not looked at: two empty parts are the same bytes.
 */
export function leaks(stages: ReadonlyMap<string, Stage>): Diagnostic[] {
  const told = new Set<string>();
  return [...stages.values()].flatMap((stage) => {
    if (!stage.holdout) return [];
    const group = stage.group ?? stage.name;
    const before = stagesBefore(stage, stages);
    return judgedOn(stage).flatMap(([name, dep]): Diagnostic[] => {
      const things = thingsOf(dep);
      const other = before.find(({ deps }) => Object.values(deps).some((one) => thingsOf(one).some(isIn(things))));
      if (other === undefined || told.has(`${group} ${name}`)) return [];
      told.add(`${group} ${name}`);
      return [
        {
          severity: 'warning',
          message: `${stage.name} is said to look at held-out data, but ${other.name}, which it depends on, is given its ${name} too`,
          place: dep.place,
          hint: `judge by a part that ${other.name} has not seen, or take holdout away`,
        },
      ];
    });
  });
}

function judgedOn({ outs, deps }: Stage): [string, Dependency][] {
  const names = new Set(Object.values(outs).flatMap(({ metrics }) => metrics?.comparableBy ?? []));
  return Object.entries(deps).filter(([name]) => names.has(name));
}

/** All that it depends on, itself left out; circles are told elsewhere. */
function stagesBefore(stage: Stage, stages: ReadonlyMap<string, Stage>): Stage[] {
  const seen = new Set([stage.name]);
  const visit = (one: Stage): Stage[] =>
    Object.values(one.deps)
      .flatMap(sourcesOf)
      .flatMap((name) => {
        const next = stages.get(name);
        if (next === undefined || seen.has(name)) return [];
        seen.add(name);
        return [next, ...visit(next)];
      });
  return visit(stage);
}

function sourcesOf(dep: Dependency): readonly string[] {
  if (dep.kind === 'path') return [];
  return dep.kind === 'output' ? [dep.stage] : dep.stages;
}

/** What it names: outputs as `stage.output`, or a path. */
function thingsOf(dep: Dependency): string[] {
  return dep.kind === 'path'
    ? [`path ${normalize(dep.path)}`]
    : sourcesOf(dep).map((stage) => `output ${stage}.${dep.output}`);
}

function isIn(things: readonly string[]): (thing: string) => boolean {
  return (thing) => things.includes(thing);
}
