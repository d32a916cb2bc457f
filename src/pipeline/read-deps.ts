/** What a stage reads: paths, and outputs of other stages. */
import type { Place } from '../errors.ts';
import { isForbiddenKey } from './forbidden-keys.ts';
import type { StageSource } from './stage-source.ts';
import type { Dependency } from './types.ts';

/** Names of the instances of stages that have some; undefined where they cannot be told. */
export type Groups = ReadonlyMap<string, readonly string[] | undefined>;

export function readDeps({ written, place, say }: StageSource, groups: Groups): Record<string, Dependency> {
  const deps = new Map<string, Dependency>();
  const entries: [string | number, string][] = Array.isArray(written.deps)
    ? [...written.deps.entries()]
    : Object.entries((written.deps ?? {}) as Record<string, string>);
  for (const [key, text] of entries) {
    const here = place('deps', key);
    const dependency = parseDependency(text, here, groups);
    if (dependency === undefined) {
      say(
        `${text} is no dependency`,
        here,
        'write a path, ${stage.output} for what another stage writes, or ${stage@*.output}',
      );
      continue;
    }
    const name = typeof key === 'string' ? key : nameOf(dependency);
    if (isForbiddenKey(name)) say(`a dependency cannot be named ${name}`, here, 'deps: { NAME: PATH } gives it a name');
    if (deps.has(name)) say(`two dependencies are named ${name}`, here, 'give them names: deps: { name: path }');
    deps.set(name, dependency);
  }
  return Object.fromEntries(deps);
}

function parseDependency(text: string, place: Place, groups: Groups): Dependency | undefined {
  const [, stage, output] = text.match(/^\$\{([A-Za-z0-9_-]+(?:@(?:[A-Za-z0-9_-]+|\*))?)\.([^${}]+)\}$/) ?? [];
  if (stage?.endsWith('@*') && output !== undefined) {
    const group = stage.slice(0, -2);
    return { kind: 'outputs', group, stages: groups.get(group) ?? [], output, place };
  }
  if (stage !== undefined && output !== undefined) return { kind: 'output', stage, output, place };
  return text.includes('${') ? undefined : { kind: 'path', path: text, place };
}

/** In a list the path is the name, or the output's own. */
function nameOf(dependency: Dependency): string {
  return dependency.kind === 'path' ? dependency.path : dependency.output;
}
