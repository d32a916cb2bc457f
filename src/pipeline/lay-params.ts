/** Overlays and `--set` change the values of declared params: never their names or types. */
import { type Diagnostic, type Place, UserError } from '../errors.ts';
import { type Aliases, renameParams } from './aliases.ts';
import { type DeclaredParams, typesKey } from './declare-params.ts';
import { isMap, paramAt, setParam } from './param-tree.ts';
import { fits, isParamKey, type ParamType, typeInWords, typeOf, unfitNumbers } from './param-type.ts';
import { didYouMean } from './suggest.ts';
import type { JsonValue, ParamTree } from './types.ts';
import { parseYaml, type YamlFile } from './yaml-file.ts';

export interface Laid {
  readonly tree: ParamTree;
  readonly mistakes: readonly Diagnostic[];
  /** Params that are set under a former name. */
  readonly warnings: readonly Diagnostic[];
}

/** What the laid values are held against. */
export interface Rules {
  readonly declared: DeclaredParams;
  readonly aliases: Aliases;
}

/** Where values come from: what they are called there. */
interface Origin {
  place(path: readonly string[]): Place | undefined;
  keyPlace(path: readonly string[]): Place | undefined;
  written(path: readonly string[]): string | undefined;
}

/** Lays the values of a file over the tree. */
export function overlayParams(rules: Rules, tree: ParamTree, file: YamlFile): Laid {
  const value = file.value ?? {};
  if (!isMap(value)) return { tree, mistakes: [mistake('params must be a map', file.place([]))], warnings: [] };
  const { [typesKey]: types = {}, ...over } = value; // a recorded config has them, to be read on its own
  const laid = layRenamed(rules, tree, over, file);
  return { ...laid, mistakes: [...otherTypes(rules.declared, types, file), ...laid.mistakes] };
}

function otherTypes({ types: declared }: DeclaredParams, types: JsonValue, file: YamlFile): Diagnostic[] {
  const other = Object.entries(isMap(types) ? types : { '': types }).filter(
    ([name, type]) => declared.get(name) !== type,
  );
  return other.map(([name]) =>
    mistake(`${typesKey} is for the file that declares the params`, file.keyPlace([typesKey, name])),
  );
}

/** Lays one value over the tree by its dotted name. */
export function setParamValue(rules: Rules, tree: ParamTree, name: string, value: JsonValue): Laid {
  const origin: Origin = { place: () => undefined, keyPlace: () => undefined, written: () => undefined };
  return layRenamed(rules, tree, setParam({}, name, value), origin);
}

/** Lays one `key=value` over the tree. The value is YAML; none at all is the empty text. */
export function setParamText(rules: Rules, tree: ParamTree, text: string): Laid {
  const equals = text.indexOf('=');
  const here: Place = { file: '--set', line: 1, column: 1, length: equals < 1 ? text.length : equals, source: text };
  if (equals < 1) return { tree, mistakes: [mistake('there is no "="', here, 'write --set key=value')], warnings: [] };
  const name = text.slice(0, equals);
  const depth = name.split('.').length;
  const inArgument = (place: Place): Place => ({
    ...{ ...place, file: '--set', source: text },
    column: place.column + (place.line === 1 ? equals + 1 : 0),
  });
  try {
    const file = parseYaml('--set', equals + 1 === text.length ? "''" : text.slice(equals + 1));
    const origin: Origin = {
      place: (path) => inArgument(file.place(path.slice(depth))),
      keyPlace: (path) => (path.length <= depth ? here : inArgument(file.keyPlace(path.slice(depth)))),
      written: (path) => file.written(path.slice(depth)),
    };
    return layRenamed(rules, tree, setParam({}, name, file.value), origin);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const mistakes = error.diagnostics.map((one) => (one.place ? { ...one, place: inArgument(one.place) } : one));
    return { tree, mistakes, warnings: [] };
  }
}

/** Lays values of which some may stand under former names. */
function layRenamed({ declared, aliases }: Rules, tree: ParamTree, over: ParamTree, origin: Origin): Laid {
  const used = Object.entries(aliases).filter(([before]) => paramAt(over, before) !== undefined);
  const former = (path: readonly string[]) => {
    const name = path.join('.');
    const alias = used.find(([, now]) => `${name}.`.startsWith(`${now}.`));
    return alias === undefined ? path : `${alias[0]}${name.slice(alias[1].length)}`.split('.');
  };
  const asWritten: Origin = {
    place: (path) => origin.place(former(path)),
    keyPlace: (path) => origin.keyPlace(former(path)),
    written: (path) => origin.written(former(path)),
  };
  const twice = used.filter(([, now]) => paramAt(over, now) !== undefined);
  const laid = lay({ declared, origin: asWritten }, tree, renameParams(over, aliases), []);
  return {
    tree: laid.tree,
    mistakes: [
      ...twice.map(([before, now]) =>
        mistake(`${before} is the former name of ${now}, which is set too`, origin.keyPlace(before.split('.'))),
      ),
      ...laid.mistakes,
    ],
    warnings: used.map(([before, now]) => ({
      ...mistake(`${before} is called ${now} now`, origin.keyPlace(before.split('.'))),
      severity: 'warning',
    })),
  };
}

type Placed = Omit<Laid, 'warnings'>;

interface Laying {
  readonly declared: DeclaredParams;
  readonly origin: Origin;
}

/** Maps merge, everything else is replaced. */
function lay(laying: Laying, tree: ParamTree, over: ParamTree, above: readonly string[], open = false): Placed {
  const mistakes: Diagnostic[] = [];
  let laid = tree;
  for (const [key, value] of Object.entries(over)) {
    const inner = layOne(laying, laid, [...above, key], value, open);
    laid = inner.tree;
    mistakes.push(...inner.mistakes);
  }
  return { tree: laid, mistakes };
}

/** @param open it stands in a map that was declared as `{}`, which takes any keys and values */
function layOne(laying: Laying, tree: ParamTree, path: readonly string[], value: JsonValue, open: boolean): Placed {
  const { declared, origin } = laying;
  const name = path.join('.');
  const type = open ? (isMap(value) ? 'open map' : 'any') : declared.types.get(name);
  if (type === undefined || !isParamKey(path.at(-1) ?? ''))
    return { tree, mistakes: [unknownParam(declared, name, origin.keyPlace(path))] };
  if (isMap(value) && (type === 'map' || type === 'open map')) {
    const base = isMap(paramAt(tree, name)) ? tree : setParam(tree, name, {});
    return lay(laying, base, value, path, type === 'open map');
  }
  const [unfit] = unfitNumbers(value, path, origin.written);
  if (unfit !== undefined) return { tree, mistakes: [mistake(unfit.message, origin.place(unfit.at), unfit.hint)] };
  const isNullable = type === 'any' || paramAt(declared.tree, name) === null;
  if (value === null ? !isNullable : !fits(type, value))
    return { tree, mistakes: [wrongType(name, type, value, origin.place(path))] };
  return { tree: setParam(tree, name, value), mistakes: [] };
}

function unknownParam(declared: DeclaredParams, name: string, place: Place | undefined): Diagnostic {
  if (declared.file === undefined)
    return mistake(`unknown param "${name}"`, place, 'pipeline.yaml names no file that declares params (params: FILE)');
  return mistake(`unknown param "${name}"`, place, didYouMean(name, declared.types.keys()).hint);
}

function wrongType(name: string, type: ParamType, value: JsonValue, place: Place | undefined): Diagnostic {
  const found = value === null ? 'null' : `${typeInWords(typeOf(value, String(value)))} (${JSON.stringify(value)})`;
  const hint = type === 'string' && typeof value !== 'object' ? 'put it in quotes to keep it a text' : undefined;
  return mistake(`${name} must be ${typeInWords(type)}, not ${found}`, place, hint);
}

function mistake(message: string, place?: Place, hint?: string): Diagnostic {
  return { severity: 'error', message, ...(place && { place }), ...(hint === undefined ? {} : { hint }) };
}
