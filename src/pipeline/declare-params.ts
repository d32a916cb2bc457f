/** The file that declares every param once, with its default; what type each has from then on. */
import { type Diagnostic, type Place, UserError } from '../errors.ts';
import { isMap } from './param-tree.ts';
import { fits, isParamKey, type ParamType, typeInWords, typeOf, unfitNumbers } from './param-type.ts';
import { didYouMean } from './suggest.ts';
import type { JsonValue, ParamTree } from './types.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

export interface DeclaredParams {
  readonly tree: ParamTree;
  readonly file: YamlFile | undefined;
  /** Dotted name → type, maps included. */
  readonly types: ReadonlyMap<string, ParamType>;
}

export interface DeclareOptions {
  /** What names the file, for the message where it cannot be read. */
  readonly namedAt?: Place;
  /** The file is a recorded config, which has values only: what is null may be anything. */
  readonly recorded?: boolean;
}

/** Key of the declaring file with the types of params whose default does not tell: null, 0 for a number, a file. */
export const typesKey = '$types';
const typeNames = ['integer', 'number', 'string', 'boolean', 'list', 'file'] as const;

/** Throws {@link UserError} with every mistake. Without a file there are no params. */
export async function declareParams(path: string | undefined, options: DeclareOptions = {}): Promise<DeclaredParams> {
  if (path === undefined) return { tree: {}, file: undefined, types: new Map() };
  const file = await readYaml(path, options.namedAt);
  const value = file.value ?? {};
  if (!isMap(value))
    throw new UserError([{ severity: 'error', message: 'params must be a map', place: file.place([]) }]);
  const { [typesKey]: typed = null, ...tree } = value;
  const mistakes: Diagnostic[] = [];
  const named = readTypes(typed, file, mistakes);
  const types = new Map<string, ParamType>();
  const visit = (at: readonly string[], inner: JsonValue): void => {
    const name = at.join('.');
    types.set(name, typeOfDefault(file, at, inner, named.get(name), options, mistakes));
    if (isMap(inner)) for (const [key, below] of Object.entries(inner)) visit([...at, key], below);
  };
  for (const [key, inner] of Object.entries(tree)) visit([key], inner);
  for (const name of named.keys())
    if (!types.has(name)) {
      const message = `${typesKey} names "${name}", which is not declared below`;
      mistakes.push({
        severity: 'error',
        message,
        place: file.keyPlace([typesKey, name]),
        ...didYouMean(name, types.keys()),
      });
    }
  if (mistakes.length > 0) throw new UserError(mistakes);
  return { tree, file, types };
}

function readTypes(typed: JsonValue, file: YamlFile, mistakes: Diagnostic[]): Map<string, ParamType> {
  const types = new Map<string, ParamType>();
  if (typed !== null && !isMap(typed))
    mistakes.push({ severity: 'error', message: `${typesKey} must be a map`, place: file.place([typesKey]) });
  for (const [name, type] of Object.entries(isMap(typed) ? typed : {})) {
    const known = typeNames.find((one) => one === type);
    if (known !== undefined) types.set(name, known);
    else {
      const message = `${typesKey}: ${JSON.stringify(type)} is no type`;
      mistakes.push({
        severity: 'error',
        message,
        place: file.place([typesKey, name]),
        ...didYouMean(String(type), typeNames),
      });
    }
  }
  return types;
}

function typeOfDefault(
  file: YamlFile,
  at: readonly string[],
  value: JsonValue,
  named: ParamType | undefined,
  { recorded = false }: DeclareOptions,
  mistakes: Diagnostic[],
): ParamType {
  const name = at.join('.');
  const say = (message: string, place: Place, hint?: string) =>
    mistakes.push({ severity: 'error', message, place, ...(hint === undefined ? {} : { hint }) });
  if (!isParamKey(at.at(-1) ?? ''))
    say(`"${at.at(-1)}" cannot be a param's name`, file.keyPlace(at), 'it has no dot, blank, = or brace in it');
  if (!isMap(value))
    for (const wrong of unfitNumbers(value, at, file.written)) say(wrong.message, file.place(wrong.at), wrong.hint);
  if (value === null) {
    if (named === undefined && !recorded) {
      const hint = `say it at the top: ${typesKey}: { ${name}: string }, or ${typeNames.join(', ')}`;
      say(`${name} is null, and its type is not known`, file.place(at), hint);
    }
    return named ?? 'any';
  }
  const type = typeOf(value, file.written(at));
  if (named === undefined) return type;
  if (!fits(named, value))
    say(`${name} is declared ${typeInWords(named)}, and is ${typeInWords(type)}`, file.place(at));
  return named;
}
