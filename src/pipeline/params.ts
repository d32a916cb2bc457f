/** Params: one file declares every one with its default; overlays and `--set` change values, never names or types. */
import { type Diagnostic, type Place, UserError } from '../errors.ts';
import { flatten, isMap, paramAt, setParam } from './param-tree.ts';
import { didYouMean } from './suggest.ts';
import type { JsonValue, ParamTree } from './types.ts';
import { parseYaml, readYaml, type YamlFile } from './yaml-file.ts';

export type ParamType = 'integer' | 'number' | 'string' | 'boolean' | 'list' | 'map';

export interface DeclaredParams {
  readonly tree: ParamTree;
  readonly file: YamlFile | undefined;
  /** Dotted name → type, maps included. */
  readonly types: ReadonlyMap<string, ParamType>;
}

/** Key of the declaring file under which params that are null by default have their type. */
const typesKey = '$types';
const typeNames: readonly string[] = ['integer', 'number', 'string', 'boolean', 'list'];

/** Reads the declaring file; without one there are no params. */
export async function declareParams(path: string | undefined): Promise<DeclaredParams> {
  if (path === undefined) return { tree: {}, file: undefined, types: new Map() };
  const file = await readYaml(path);
  if (!isMap(file.value)) throw new UserError([mistake('params must be a map', file.place([]))]);
  const { [typesKey]: typed, ...tree } = file.value as ParamTree;
  const types = new Map<string, ParamType>();
  const mistakes: Diagnostic[] = [];
  const visit = (value: JsonValue, path: readonly string[]): void => {
    const name = path.join('.');
    const place = () => file.place(path);
    if (path.some((key) => key.includes('.')))
      mistakes.push(mistake(`a param's key cannot hold a dot: "${name}"`, file.keyPlace(path)));
    const type = value === null ? (isMap(typed) ? typed[name] : undefined) : typeOf(value, file.written(path));
    if (typeof type === 'string' && (value !== null || typeNames.includes(type))) types.set(name, type as ParamType);
    else
      mistakes.push(
        mistake(
          `${name} is null: its type is not known`,
          place(),
          `add it: ${typesKey}: { ${name}: ${typeNames.join(' | ')} }`,
        ),
      );
    mistakes.push(...unfit(name, value, place()));
    if (isMap(value)) for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
  };
  for (const [key, value] of Object.entries(tree)) visit(value, [key]);
  if (mistakes.length > 0) throw new UserError(mistakes);
  return { tree, file, types };
}

/** Lays a file's values over the tree. */
export async function overlayParams(declared: DeclaredParams, tree: ParamTree, path: string): Promise<Laid> {
  const file = await readYaml(path);
  if (!isMap(file.value)) return { tree, mistakes: [mistake('params must be a map', file.place([]))] };
  return lay(declared, tree, file.value, [], (at, key) => (key ? file.keyPlace(at) : file.place(at)));
}

/** Lays one `key=value` over the tree; the value is YAML. */
export function setParamText(declared: DeclaredParams, tree: ParamTree, text: string): Laid {
  const place: Place = { file: '--set', line: 1, column: 1, length: text.length, source: text };
  const equals = text.indexOf('=');
  if (equals < 1)
    return { tree, mistakes: [mistake(`--set ${text}: there is no "="`, place, 'write --set key=value')] };
  const name = text.slice(0, equals);
  const valueText = text.slice(equals + 1);
  const value = valueText === '' ? '' : parseSetValue(valueText, place);
  return setParamValue(declared, tree, name, value, place);
}

/** Lays one value over the tree by its dotted name. */
export function setParamValue(
  declared: DeclaredParams,
  tree: ParamTree,
  name: string,
  value: JsonValue,
  place?: Place,
): Laid {
  const nested = setParam({}, name, value);
  return lay(declared, tree, nested, [], () => place);
}

export interface Laid {
  readonly tree: ParamTree;
  readonly mistakes: readonly Diagnostic[];
}

function parseSetValue(text: string, place: Place): JsonValue {
  try {
    const file = parseYaml('--set', `v: ${text}\n`);
    return (file.value as { readonly v: JsonValue }).v;
  } catch (error) {
    if (error instanceof UserError) throw new UserError([mistake(`the value is not YAML: ${text}`, place)]);
    throw error;
  }
}

type Where = (path: readonly string[], key: boolean) => Place | undefined;

/** Maps merge, everything else is replaced. A value of another type, or a name nobody declared, is a mistake. */
function lay(declared: DeclaredParams, tree: ParamTree, over: ParamTree, path: readonly string[], where: Where): Laid {
  const mistakes: Diagnostic[] = [];
  let laid = tree;
  for (const [key, value] of Object.entries(over)) {
    const at = [...path, key];
    const name = at.join('.');
    const type = declared.types.get(name);
    if (type === undefined) mistakes.push(unknownParam(declared, name, where(at, true)));
    else if (type === 'map' && isMap(value)) {
      const inner = lay(declared, laid, value, at, where);
      laid = inner.tree;
      mistakes.push(...inner.mistakes);
    } else if (!fits(type, value, declared, name)) mistakes.push(wrongType(name, type, value, where(at, false)));
    else {
      mistakes.push(...unfit(name, value, where(at, false)));
      laid = setParam(laid, name, value);
    }
  }
  return { tree: laid, mistakes };
}

function fits(type: ParamType, value: JsonValue, declared: DeclaredParams, name: string): boolean {
  if (value === null) return paramAt(declared.tree, name) === null;
  const actual = typeOf(value, undefined);
  return actual === type || (type === 'number' && actual === 'integer');
}

function typeOf(value: JsonValue, written: string | undefined): ParamType {
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) && !/[.eE]/.test(written ?? '') ? 'integer' : 'number';
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    default:
      return 'map';
  }
}

/** Numbers that JSON, or a double, cannot hold. */
function unfit(name: string, value: JsonValue, place: Place | undefined): Diagnostic[] {
  const numbers = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'number');
  const bad = numbers.find(
    (number) => !Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number)),
  );
  if (bad === undefined) return [];
  const hint = Number.isFinite(bad)
    ? 'whole numbers beyond 2^53 − 1 lose digits; write it as a text'
    : 'it must be finite';
  return [mistake(`${name} cannot be ${bad}`, place, hint)];
}

function unknownParam(declared: DeclaredParams, name: string, place: Place | undefined): Diagnostic {
  const known = Object.keys(flatten(declared.tree));
  const groups = [...declared.types.keys()];
  const where = declared.file === undefined ? ': pipeline.yaml names no params file' : '';
  return {
    ...mistake(`unknown param "${name}"${where}`, place),
    ...didYouMean(name, [...new Set([...known, ...groups])]),
  };
}

function wrongType(name: string, type: ParamType, value: JsonValue, place: Place | undefined): Diagnostic {
  const found = value === null ? 'null' : typeOf(value, undefined);
  return mistake(`${name} must be ${article(type)}, not ${article(found)} (${JSON.stringify(value)})`, place);
}

function article(type: string): string {
  if (type === 'null') return 'null';
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

function mistake(message: string, place?: Place, hint?: string): Diagnostic {
  return {
    severity: 'error',
    message,
    ...(place === undefined ? {} : { place }),
    ...(hint === undefined ? {} : { hint }),
  };
}
