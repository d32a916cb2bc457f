/** What a stage reads: paths, and outputs of other stages. */
import type { Place } from '../errors.ts';
import type { StageSource } from './stage-source.ts';
import type { Dependency } from './types.ts';

export function readDeps({ written, place, say }: StageSource): Record<string, Dependency> {
  const deps = new Map<string, Dependency>();
  const entries: [string | number, string][] = Array.isArray(written.deps)
    ? [...written.deps.entries()]
    : Object.entries((written.deps ?? {}) as Record<string, string>);
  for (const [key, text] of entries) {
    const here = place('deps', key);
    const dependency = parseDependency(text, here);
    if (dependency === undefined) {
      say(`${text} is no dependency`, here, 'write a path, or ${stage.output} for what another stage writes');
      continue;
    }
    const name = typeof key === 'string' ? key : nameOf(dependency);
    if (deps.has(name)) say(`two dependencies are named ${name}`, here, 'give them names: deps: { name: path }');
    deps.set(name, dependency);
  }
  return Object.fromEntries(deps);
}

function parseDependency(text: string, place: Place): Dependency | undefined {
  const [, stage, output] = text.match(/^\$\{([A-Za-z0-9_-]+)\.([^${}]+)\}$/) ?? [];
  if (stage !== undefined && output !== undefined) return { kind: 'output', stage, output, place };
  return text.includes('${') ? undefined : { kind: 'path', path: text, place };
}

/** In a list the path is the name, or the output's own. */
function nameOf(dependency: Dependency): string {
  return dependency.kind === 'output' ? dependency.output : dependency.path;
}
