/** One parameter of a W&B sweep file in our words: those that mean the same, and what to write instead of the others. */
import { isMap } from '../../pipeline/param-tree.ts';
import type { JsonValue } from '../../pipeline/types.ts';
import type { JsonPath, YamlFile } from '../../pipeline/yaml-file.ts';
import type { Say } from '../say.ts';
import { stepped } from '../search-space.ts';
import type { JsonMap, Move } from './rewritten.ts';
import { type Bounds, insteadOf } from './wandb-distributions.ts';

export interface Leaf {
  /** Dotted. */
  readonly name: string;
  readonly written: JsonValue;
  readonly at: JsonPath;
}

/** Parameters by dotted name: those that stand under the `parameters` of another are parts of it. */
export function leaves(parameters: JsonMap, at: JsonPath, say: Say, file: YamlFile, above = ''): Leaf[] {
  return Object.entries(parameters).flatMap(([key, written]): Leaf[] => {
    const [name, here] = [`${above}${key}`, [...at, key]];
    if (!isMap(written) || !isMap(written.parameters)) return [{ name, written, at: here }];
    for (const other of Object.keys(written).filter((word) => word !== 'parameters'))
      say(`${name}: ${other} has no meaning beside parameters`, file.keyPlace([...here, other]));
    return leaves(written.parameters, [...here, 'parameters'], say, file, `${name}.`);
  });
}

export interface Translated {
  readonly parameter: JsonMap;
  readonly moves: readonly Move[];
}

/**
 * A parameter that uses no word of W&B's stays what it is.
 *
 * @param isWandb the file is W&B's: whole ends of a log scale do not make its values whole there
 */
export function wandbParameter(
  { name, at }: Leaf,
  written: JsonMap,
  file: YamlFile,
  isWandb: boolean,
  say: Say,
): Translated {
  const to = ['parameters', name];
  const keyPlace = (key: string) => file.keyPlace([...at, key]);
  const { value, distribution, q, probabilities, ...rest } = written;
  if (probabilities !== undefined)
    say(`${name}: probabilities have no meaning here`, keyPlace('probabilities'), 'each value is as likely as another');
  const instead = typeof distribution === 'string' ? insteadOf(distribution, rest as Bounds) : undefined;
  if (instead !== undefined) {
    say(`${name}: there is no ${distribution}`, file.place([...at, 'distribution']), instead);
    return { parameter: placeholder, moves: [{ to, from: at }] };
  }
  const moved: Move[] = [{ to, from: at }];
  const parameter: Record<string, JsonValue> = { ...rest };
  if (value !== undefined && rest.values !== undefined)
    say(`${name}: value and values exclude each other`, keyPlace('value'));
  if (value !== undefined) {
    parameter.values = [value];
    moved.push({ to: [...to, 'values', 0], from: [...at, 'value'] });
  }
  if (distribution !== undefined && distribution !== 'categorical' && distribution !== 'constant')
    parameter.distribution = distribution;
  if (distribution === 'q_uniform' || distribution === 'q_log_uniform_values')
    quantise(parameter, distribution, q ?? 1, { name, at, file, moved, say });
  else if (q !== undefined) parameter.q = q;
  if (isWandb && distribution === 'log_uniform_values') asFractions(parameter, { name, at, file, moved, say });
  return { parameter, moves: moved };
}

/** Stands for a parameter of which a mistake was told. */
export const placeholder = { values: [null] };

interface Translating {
  readonly name: string;
  readonly at: JsonPath;
  readonly file: YamlFile;
  readonly moved: Move[];
  readonly say: Say;
}

/** W&B rounds to multiples of q, we step from min: the same values where min is one of them. */
function quantise(
  parameter: Record<string, JsonValue>,
  distribution: string,
  q: JsonValue,
  { name, at, file, moved, say }: Translating,
): void {
  const { min } = parameter;
  delete parameter.distribution;
  if (distribution === 'q_log_uniform_values') parameter.distribution = 'log_uniform_values';
  parameter.step = q;
  moved.push({ to: ['parameters', name, 'step'], from: [...at, 'q'] });
  if (typeof q !== 'number' || typeof min !== 'number' || !(q > 0)) return;
  if (Math.abs(min / q - Math.round(min / q)) < 1e-9) return;
  const place = file.place([...at, 'min']);
  say(`${name}: min ${min} is no multiple of q ${q}`, place, `min: ${stepped(0, q, Math.ceil(min / q))}`);
}

/** As if the ends were written with a point. */
function asFractions(parameter: Record<string, JsonValue>, { name, at, file, moved }: Translating): void {
  for (const end of ['min', 'max'].filter((key) => typeof parameter[key] === 'number')) {
    const path = [...at, end];
    const from = { place: file.place(path), keyPlace: file.keyPlace(path), written: '1.0' };
    moved.push({ to: ['parameters', name, end], from });
  }
}
