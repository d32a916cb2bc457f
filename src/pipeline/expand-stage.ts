/** A stage as it is written → the stages that it stands for: itself, or one instance for each item it lists. */
import type { Diagnostic } from '../errors.ts';
import { type Filled, fillIn, fillInCommand, type Item, usesItem } from './fill-in.ts';
import { itemsOf, paramNamed } from './items.ts';
import type { StageFile, WrittenStage } from './schema.ts';
import { type StageSource, stageSource } from './stage-source.ts';
import type { JsonValue, ParamTree } from './types.ts';
import type { JsonPath, YamlFile } from './yaml-file.ts';

export interface Expanded {
  readonly name: string;
  readonly sources: readonly StageSource[];
  /** Of a stage that lists items the names of its instances, or that they cannot be told. */
  readonly instances?: readonly string[] | 'unknown';
  /** What is wrong with the listing itself. */
  readonly mistakes: readonly Diagnostic[];
  /** Names of params whose values are items. */
  readonly params: readonly string[];
}

/** @param params undefined where they could not be read */
export function expandStage(
  name: string,
  written: WrittenStage,
  file: YamlFile,
  params: ParamTree | undefined,
): Expanded {
  const { foreach, matrix, do: inner, ...fields } = written;
  const whole = stageSource({ name, written: fields as StageFile, file });
  const { mistakes, say, place, keyPlace } = whole;
  if (foreach === undefined && matrix === undefined) {
    if (inner === undefined) return { name, sources: [whole], mistakes: [], params: [] };
    say('do has a meaning only beside foreach or matrix', keyPlace('do'));
    return { name, sources: [], mistakes, params: [] };
  }
  if (foreach !== undefined && matrix !== undefined) say('foreach and matrix exclude each other', keyPlace('matrix'));
  const [beside] = inner === undefined ? [] : Object.keys(fields);
  if (beside !== undefined) say(`${beside} stands beside do, and belongs in it`, keyPlace(beside));
  const items = itemsOf({
    ...{ stage: name, params, place, say },
    ...(foreach === undefined ? {} : { foreach: foreach as JsonValue }),
    ...(matrix === undefined ? {} : { matrix: matrix as Readonly<Record<string, JsonValue>> }),
  });
  const used = [foreach, ...Object.values(matrix ?? {})].flatMap((listed) => paramNamed(listed) ?? []);
  if (items === undefined || mistakes.length > 0)
    return { name, sources: [], instances: 'unknown', mistakes, params: used };
  const body = {
    group: name,
    written: (inner ?? fields) as StageFile,
    file,
    within: inner === undefined ? [] : ['do'],
  };
  const sources = items.map((item) => instanceSource(body, item));
  return { name, sources, instances: sources.map((source) => source.name), mistakes, params: used };
}

interface Body {
  readonly group: string;
  readonly written: StageFile;
  readonly file: YamlFile;
  /** Where below the stage it stands. */
  readonly within: JsonPath;
}

function instanceSource(body: Body, item: Item): StageSource {
  const source = stageSource({ ...body, name: `${body.group}@${item.key}`, item: item.item });
  const said = (path: JsonPath, { text, mistakes }: Filled) => {
    for (const { message, hint } of mistakes) source.say(message, source.place(...path), hint);
    return text;
  };
  const { runtime = {}, ...fields } = body.written;
  for (const [name, probe] of Object.entries(runtime as Record<string, string>))
    if (usesItem(probe)) source.say('a probe cannot use the item', source.place('runtime', name));
  const written = withTexts(fields as unknown as JsonValue, [], (text, path) =>
    said(path, path[0] === 'cmd' ? fillInCommand(text, item) : fillIn(text, item)),
  ) as unknown as StageFile;
  return { ...source, written: { ...written, ...(body.written.runtime === undefined ? {} : { runtime }) } };
}

/** The same value with other texts; keys stay. */
function withTexts(value: JsonValue, at: JsonPath, change: (text: string, at: JsonPath) => string): JsonValue {
  if (typeof value === 'string') return change(value, at);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner: JsonValue, index) => withTexts(inner, [...at, index], change));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withTexts(inner, [...at, key], change)]));
}
