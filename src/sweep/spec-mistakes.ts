/**
 * What can be wrong with a sweep file that its schema does not see, and that is of no other file: metrics are looked at in
 * objective-mistakes.ts, seeds in replicate-mistakes.ts, the space in read-space.ts, values in value-mistakes.ts.
 */
import type { Diagnostic } from '../errors.ts';
import { formatBriefly } from '../logging/format.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { armsOf, emptyArms } from './arms.ts';
import type { Constraint } from './constraints.ts';
import { studyName } from './definition.ts';
import { type SearchSpace, sizeOf } from './search-space.ts';
import type { SweepFile } from './spec-schema.ts';

export function armMistakes(
  { stratify = [], parameters }: SweepFile,
  space: SearchSpace,
  file: YamlFile,
): Diagnostic[] {
  return stratify.flatMap((name, at): Diagnostic[] => {
    const place = file.place(['stratify', at]);
    const dimension = space.find((one) => one.name === name);
    const say = (message: string, more: { hint?: string } = {}): Diagnostic[] => {
      return [{ severity: 'error', message: `stratify: ${message}`, place, ...more }];
    };
    if (dimension === undefined)
      return name in parameters
        ? []
        : say(`${name} is not among the parameters`, didYouMean(name, Object.keys(parameters)));
    if (sizeOf(dimension.distribution) === Infinity)
      return say(`${name} has no end of values, and an arm for each`, { hint: 'list its values' });
    const outside = Object.keys(dimension.when).find((other) => !stratify.includes(other));
    return outside === undefined ? [] : say(`${name} depends on ${outside}, which is not among the arms`);
  });
}

/** Arms that the constraints leave no point: the others are searched without them. */
export function emptyArmWarnings(
  source: SweepFile,
  space: SearchSpace,
  constraints: readonly Constraint[],
  file: YamlFile,
): Diagnostic[] {
  const { stratify = [], sampler } = source;
  if (sampler === undefined || sampler.type === 'grid') return [];
  const definition = { space, stratify, constraints };
  const empty = emptyArms(definition);
  return armsOf(definition).flatMap((arm, at): Diagnostic[] => {
    if (!empty.has(at)) return [];
    const values = Object.entries(arm).map(([name, value]) => `${name}=${formatBriefly(value)}`);
    const message = `constraints: none of the points with ${values.join(' and ')} meets them: this arm has no trials`;
    return [{ severity: 'warning', message, place: file.keyPlace(['constraints']) }];
  });
}

/** A study's name is a folder's and stands in commands. */
export function nameMistakes(source: SweepFile, name: string, asked?: string): Diagnostic[] {
  if (new RegExp(studyName).test(name)) return [];
  if (asked !== undefined) {
    const message = `--name: "${asked}" cannot be the name of a study`;
    return [{ severity: 'error', message, hint: 'names consist of letters, digits, _ and -' }];
  }
  if (source.name !== undefined) return [];
  const message = `"${name}", after the file, cannot be the study's name`;
  return [{ severity: 'error', message, hint: 'say name: …, of letters, digits, _ and -' }];
}

/** So many fit into memory, and no study has more. */
const maxGridPoints = 100_000;

export function samplerMistakes({ sampler }: SweepFile, space: SearchSpace, file: YamlFile): Diagnostic[] {
  if (sampler !== undefined && sampler.type !== 'grid') return [];
  const mistakes: Diagnostic[] = [];
  const points = space.reduce((product, { distribution }) => product * sizeOf(distribution), 1);
  if (Number.isFinite(points) && points > maxGridPoints)
    mistakes.push({
      ...{ severity: 'error', message: `parameters: a grid of up to ${points} points is too large` },
      place: file.keyPlace(['parameters']),
      hint: 'list fewer values, take larger steps, or sampler: { type: random, seed: 1 }',
    });
  return mistakes;
}
