/** What only the whole pipeline tells: edges to what is not there, names that are taken, params nobody declared. */
import type { Diagnostic } from '../errors.ts';
import { paramAt } from './param-tree.ts';
import { referencePlace } from './read-command.ts';
import type { ResolvedParams } from './resolve-params.ts';
import { reservedStageNames } from './schema.ts';
import type { StageSource } from './stage-source.ts';
import { didYouMean } from './suggest.ts';
import type { Stage } from './types.ts';

export function checkName({ name, file, at, say }: StageSource): void {
  if (reservedStageNames.some((reserved) => reserved === name))
    say('a stage cannot have this name, which means something else', file.keyPlace(at()));
}

/** @param names of all stages, also those that could not be read: what these write is not known */
export function checkEdges(
  stage: Stage,
  { say }: StageSource,
  stages: ReadonlyMap<string, Stage>,
  names: readonly string[],
) {
  for (const dep of Object.values(stage.deps)) {
    if (dep.kind === 'path') continue;
    const outs = stages.get(dep.stage)?.outs;
    if (!names.includes(dep.stage))
      say(`there is no stage "${dep.stage}"`, dep.place, didYouMean(dep.stage, names).hint);
    else if (outs !== undefined && !Object.hasOwn(outs, dep.output))
      say(
        `stage ${dep.stage} has no output "${dep.output}"`,
        dep.place,
        didYouMean(dep.output, Object.keys(outs)).hint,
      );
  }
}

export function checkParams(stage: Stage, source: StageSource, { tree, names }: ResolvedParams): void {
  for (const name of stage.params) {
    if (paramAt(tree, name) !== undefined) continue;
    const index = source.written.params?.indexOf(name) ?? -1;
    const place = index >= 0 ? source.place('params', index) : referencePlace({ kind: 'param', key: name }, source);
    source.say(`unknown param "${name}"`, place, didYouMean(name, names).hint);
  }
}

/** `--set` of a param that no stage is given changes nothing, which is seldom what was meant. */
export function idleSettings(set: readonly string[], stages: Iterable<Stage>): Diagnostic[] {
  const given = [...stages].flatMap(({ params }) => params);
  return set.flatMap((text): Diagnostic[] => {
    const name = text.slice(0, text.indexOf('='));
    const isGiven = given.some((one) => `${name}.`.startsWith(`${one}.`) || one.startsWith(`${name}.`));
    if (isGiven) return [];
    const place = { file: '--set', line: 1, column: 1, length: name.length, source: text };
    return [{ severity: 'warning', message: `no stage is given ${name}, so it changes nothing`, place }];
  });
}
