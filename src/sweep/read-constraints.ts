/** `constraints:` of a sweep file, and what is wrong with them. */
import type { Diagnostic } from '../errors.ts';
import { flatten } from '../pipeline/param-tree.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { type Constraint, constraint, UnknownName } from './constraints.ts';
import { type Overlays, overlaidValues } from './overlay-dimension.ts';
import { randomPoint } from './samplers/random.ts';
import type { Point, SearchSpace } from './search-space.ts';
import type { SweepFile } from './spec-schema.ts';

/** So many points are drawn to see whether an expression fits its parameters, and whether any point meets all. */
const probes = 2_000;

export function readConstraints(
  source: SweepFile,
  space: SearchSpace,
  { params }: Pipeline,
  overlaid: Overlays,
  file: YamlFile,
): { readonly constraints: readonly Constraint[]; readonly mistakes: readonly Diagnostic[] } {
  const mistakes: Diagnostic[] = [];
  const fixed = flatten(params) as Point;
  const swept = space.map(({ name }) => name);
  const constraints = (source.constraints ?? []).flatMap((text, at): Constraint[] => {
    const say = (message: string, more: { hint?: string } = {}) =>
      mistakes.push({ severity: 'error', message, place: file.place(['constraints', at]), ...more });
    try {
      const read = constraint(text, swept, fixed, (point) => overlaidValues(overlaid, fixed, point));
      for (let probe = 0; probe < 20; probe++) read.holds(randomPoint(space, 0, probe));
      if (!read.names.some((name) => swept.includes(name))) say(`constraint: ${text} names no swept parameter`);
      return [read];
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const hint = error instanceof UnknownName ? didYouMean(error.unknown, [...swept, ...Object.keys(fixed)]) : {};
      say(`constraint: ${firstLine(error.message)}`, hint);
      return [];
    }
  });
  if (constraints.length > 0 && mistakes.length === 0 && !canBeMet(space, constraints))
    mistakes.push({
      ...{ severity: 'error', message: `constraints: none of ${probes} points drawn at random meets them all` },
      place: file.keyPlace(['constraints']),
      hint: 'widen the parameters, or take back a constraint',
    });
  return { constraints, mistakes };
}

function canBeMet(space: SearchSpace, constraints: readonly Constraint[]): boolean {
  return Array.from({ length: probes }, (_, probe) => randomPoint(space, 0, probe)).some((point) =>
    constraints.every(({ holds }) => holds(point)),
  );
}

/** A parser's message goes over several lines, with a pointer below the text. */
function firstLine(message: string): string {
  return message
    .split('\n')
    .filter((line) => !/^-*\^/.test(line))
    .join(' ')
    .replaceAll(/\s+/g, ' ');
}
