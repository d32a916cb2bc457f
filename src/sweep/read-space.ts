/** The `parameters:` of a sweep file as a search space, and every mistake in it. */
import type { Diagnostic, Place } from '../errors.ts';
import { canonicalJson } from '../hash.ts';
import { flatten, paramAt } from '../pipeline/param-tree.ts';
import { typeOf } from '../pipeline/param-type.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { JsonValue, ParamTree } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { type Say, sayTo } from './say.ts';
import { type Dimension, type Distribution, type SearchSpace, sizeOf } from './search-space.ts';
import type { ParameterFile } from './spec-schema.ts';

export interface SpaceReading {
  readonly space: SearchSpace;
  readonly mistakes: readonly Diagnostic[];
}

/** @param params the resolved params of the pipeline: only these can be swept */
export function readSpace(
  parameters: Readonly<Record<string, ParameterFile>>,
  params: ParamTree,
  file: YamlFile,
  finite: boolean,
): SpaceReading {
  const mistakes: Diagnostic[] = [];
  const say = sayTo(mistakes);
  const dimensions: Dimension[] = [];
  for (const [name, parameter] of Object.entries(parameters)) {
    const at = file.keyPlace(['parameters', name]);
    if (paramAt(params, name) === undefined)
      say(`there is no param "${name}"`, at, didYouMean(name, Object.keys(flatten(params))).hint);
    for (const outer of enclosing(name, parameters)) say(`${name} is a part of ${outer}, which is swept too`, at);
    const isWhole = (key: 'min' | 'max' | 'step') =>
      typeOf(parameter[key] ?? 1, file.written(['parameters', name, key])) === 'integer';
    const whole = isWhole('min') && isWhole('max') && isWhole('step');
    const distribution = readDistribution(name, parameter, whole, at, say);
    if (distribution === undefined) continue;
    if (finite && sizeOf(distribution) === Infinity)
      say(
        `${name}: a grid needs values, or a step`,
        at,
        `${parameter.distribution === 'log_uniform_values' ? 'list values' : 'add step: n'}, or take sampler: { type: random, seed: 1 }`,
      );
    dimensions.push({ name, distribution, when: readWhen(name, parameter, parameters, file, say) });
  }
  return { space: inOrder(dimensions, file, say), mistakes };
}

/** The swept maps that a param lies in: both would set it. */
function enclosing(name: string, parameters: Readonly<Record<string, ParameterFile>>): string[] {
  return Object.keys(parameters).filter((other) => name.startsWith(`${other}.`));
}

/** @param whole the range is written in whole numbers: `0` and `1`, not `0.0` and `1.0` */
function readDistribution(
  name: string,
  parameter: ParameterFile,
  whole: boolean,
  at: Place,
  say: Say,
): Distribution | undefined {
  const { values, min, max, distribution, step } = parameter;
  if (values !== undefined) {
    if (min !== undefined || max !== undefined || step !== undefined || distribution !== undefined)
      say(`${name}: values and a range exclude each other`, at);
    if (new Set(values.map((value) => canonicalJson(value))).size < values.length)
      say(`${name}: a value is listed twice`, at);
    return { kind: 'categorical', values: values as readonly JsonValue[] };
  }
  if (min === undefined || max === undefined) {
    say(`${name} needs values, or min and max`, at);
    return undefined;
  }
  const log = distribution === 'log_uniform_values';
  if (min >= max) say(`${name}: min ${min} is not below max ${max}`, at);
  if (log && min <= 0) say(`${name}: a log scale needs min above 0`, at);
  else if (log && step !== undefined && min <= step / 2)
    say(`${name}: a log scale in steps of ${step} needs min above ${step / 2}`, at);
  if (distribution === 'int_uniform' && !whole) say(`${name}: int_uniform needs whole numbers`, at);
  if (distribution === 'int_uniform' || (distribution !== 'uniform' && whole))
    return { kind: 'int', low: min, high: max, log, step: step ?? 1 };
  return { kind: 'float', low: min, high: max, log, ...(step === undefined ? {} : { step }) };
}

function readWhen(
  name: string,
  parameter: ParameterFile,
  parameters: Readonly<Record<string, ParameterFile>>,
  file: YamlFile,
  say: Say,
): Dimension['when'] {
  const conditions = Object.entries((parameter.when ?? {}) as Record<string, JsonValue>).map(([other, wanted]) => {
    const place = file.keyPlace(['parameters', name, 'when', other]);
    const allowed = Array.isArray(wanted) ? (wanted as readonly JsonValue[]) : [wanted];
    const known = parameters[other];
    if (known === undefined)
      say(`when: ${other} is not among the parameters`, place, didYouMean(other, Object.keys(parameters)).hint);
    const values = known?.values?.map((value) => canonicalJson(value));
    for (const value of allowed)
      if (values !== undefined && !values.includes(canonicalJson(value)))
        say(
          `when: ${other} never is ${JSON.stringify(value)}`,
          place,
          `it is one of ${known?.values?.map(String).join(', ')}`,
        );
    return [other, allowed] as const;
  });
  return Object.fromEntries(conditions);
}

/** Each dimension behind those it is conditional on, otherwise as written. */
function inOrder(dimensions: readonly Dimension[], file: YamlFile, say: Say): SearchSpace {
  const ordered: Dimension[] = [];
  const waiting = new Set(dimensions);
  const names = new Set(dimensions.map(({ name }) => name));
  while (waiting.size > 0) {
    const placed = new Set(ordered.map(({ name }) => name));
    const next = [...waiting].find(({ when }) =>
      Object.keys(when).every((other) => placed.has(other) || !names.has(other)),
    );
    if (next === undefined) {
      const [first] = waiting;
      say(
        `conditions go round in a circle: ${[...waiting].map(({ name }) => name).join(', ')}`,
        file.keyPlace(['parameters', first?.name ?? '']),
      );
      return ordered;
    }
    ordered.push(next);
    waiting.delete(next);
  }
  return ordered;
}
