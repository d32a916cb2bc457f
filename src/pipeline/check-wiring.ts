/** What only the whole pipeline tells: edges to what is not there, names that are taken, params nobody declared. */
import type { Diagnostic } from '../errors.ts';
import { type Aliases, renamed } from './aliases.ts';
import { paramAt } from './param-tree.ts';
import { referencePlace } from './read-command.ts';
import type { Groups } from './read-deps.ts';
import type { ResolvedParams } from './resolve-params.ts';
import { reservedStageNames } from './schema.ts';
import type { StageSource } from './stage-source.ts';
import { didYouMean } from './suggest.ts';
import type { Dependency, Stage } from './types.ts';

/** A run keeps files under the name of a stage, with endings of its own. */
const longestNameBytes = 200;

export function checkName({ name, group = name, keyPlace, say }: StageSource): void {
  if (reservedStageNames.some((reserved) => reserved === group))
    say('a stage cannot have this name, which means something else', keyPlace());
  if (Buffer.byteLength(name) > longestNameBytes)
    say(`a stage’s name has ${longestNameBytes} bytes at most`, keyPlace());
}

/** What there is to depend on. */
export interface Wiring {
  readonly stages: ReadonlyMap<string, Stage>;
  /** Of all stages, also those that could not be read: what these write is not known. */
  readonly names: ReadonlySet<string>;
  readonly groups: Groups;
}

export function checkEdges(stage: Stage, { say }: StageSource, wiring: Wiring): void {
  for (const dep of Object.values(stage.deps)) {
    if (dep.kind === 'path') continue;
    const wrong = dep.kind === 'output' ? stageMistake(dep, wiring) : groupMistake(dep, wiring);
    const [message, hint] = wrong ?? outputMistake(dep, wiring) ?? [];
    if (message !== undefined) say(message, dep.place, hint);
  }
}

type Mistake = readonly [message: string, hint?: string | undefined];

function stageMistake({ stage, output }: Extract<Dependency, { kind: 'output' }>, wiring: Wiring): Mistake | undefined {
  const { names, groups } = wiring;
  if (groups.has(stage)) {
    const [first = `${stage}@NAME`] = groups.get(stage) ?? [];
    return [`${stage} has instances`, `write \${${first}.${output}} for one's, \${${stage}@*.${output}} for all`];
  }
  const [group = ''] = stage.split('@');
  if (names.has(stage) || (group !== stage && isUnknown(groups, group))) return undefined;
  const known = groups.get(group) ?? [...names, ...[...groups.values()].flatMap((instances) => instances ?? [])];
  return [`there is no stage "${stage}"`, didYouMean(stage, known).hint];
}

function groupMistake(
  { group, output }: Extract<Dependency, { kind: 'outputs' }>,
  wiring: Wiring,
): Mistake | undefined {
  if (wiring.groups.has(group)) return undefined;
  return wiring.names.has(group)
    ? [`${group} has no instances`, `write \${${group}.${output}}`]
    : [`there is no stage "${group}"`, didYouMean(group, wiring.groups.keys()).hint];
}

function outputMistake(dep: Exclude<Dependency, { kind: 'path' }>, { stages }: Wiring): Mistake | undefined {
  for (const name of dep.kind === 'output' ? [dep.stage] : dep.stages) {
    const outs = stages.get(name)?.outs;
    if (outs === undefined || Object.hasOwn(outs, dep.output)) continue;
    return [`stage ${name} has no output "${dep.output}"`, didYouMean(dep.output, Object.keys(outs)).hint];
  }
  return undefined;
}

function isUnknown(groups: Groups, group: string): boolean {
  return groups.has(group) && groups.get(group) === undefined;
}

export function checkParams(stage: Stage, source: StageSource, { tree, names, files }: ResolvedParams): void {
  for (const { key } of files) {
    const dep = stage.deps[`params.${key}`];
    if (dep !== undefined) source.say(`params.${key} is the param in a key: give the dependency a name`, dep.place);
  }
  for (const name of stage.params) {
    if (paramAt(tree, name) !== undefined) continue;
    const index = source.written.params?.indexOf(name) ?? -1;
    const place = index >= 0 ? source.place('params', index) : referencePlace({ kind: 'param', key: name }, source);
    source.say(`unknown param "${name}"`, place, didYouMean(name, names).hint);
  }
}

/**
 * `--set` of a param that no stage is given changes nothing, which is seldom what was meant.
 * @param used names of params that are used otherwise: stages are made for each of their values
 */
export function idleSettings(
  set: readonly string[],
  stages: Iterable<Stage>,
  used: readonly string[],
  aliases: Aliases,
): Diagnostic[] {
  const given = [...used, ...[...stages].flatMap(({ params }) => params)];
  return set.flatMap((text): Diagnostic[] => {
    const typed = text.slice(0, text.indexOf('='));
    const name = renamed(typed, aliases);
    const isGiven = given.some((one) => `${name}.`.startsWith(`${one}.`) || one.startsWith(`${name}.`));
    if (isGiven) return [];
    const place = { file: '--set', line: 1, column: 1, length: typed.length, source: text };
    return [{ severity: 'warning', message: `no stage is given ${name}, so it changes nothing`, place }];
  });
}
