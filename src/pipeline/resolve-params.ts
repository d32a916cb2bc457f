/** Defaults, then overlays, then `--set`, then single values: the params of one run. */
import { relative, resolve } from 'node:path';
import { type Diagnostic, type Place, UserError } from '../errors.ts';
import { type Aliases, renamed } from './aliases.ts';
import { type DeclaredParams, declareParams } from './declare-params.ts';
import { type Laid, overlayParams, setParamText, setParamValue } from './lay-params.ts';
import { isMap, paramAt } from './param-tree.ts';
import type { FileParam, JsonValue, ParamTree, Pipeline } from './types.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

export interface ParamSources {
  /** The folder that paths in the result are relative to. */
  readonly root: string;
  /** The declaring file, and what names it; without one there are no params. */
  readonly declaring: string | undefined;
  readonly namedAt?: Place;
  /** The declaring file is a recorded config. */
  readonly recorded?: boolean;
  readonly overlays?: readonly string[];
  readonly set?: readonly string[];
  readonly values?: Readonly<Record<string, JsonValue>>;
  readonly aliases: Aliases;
}

export interface ResolvedParams {
  /** Every dotted name there is, maps included. */
  readonly names: readonly string[];
  readonly declared: DeclaredParams;
  readonly tree: ParamTree;
  /** Params of kind `file` that name one. */
  readonly files: readonly FileParam[];
  readonly warnings: readonly Diagnostic[];
  /** The files read. */
  readonly sources: Pipeline['sources'];
}

/** Undefined where the declaring file itself cannot be used; what is wrong, there or in what is laid over, is added to `mistakes`. */
export async function resolveParams(from: ParamSources, mistakes: Diagnostic[]): Promise<ResolvedParams | undefined> {
  const { declaring, namedAt, recorded = false } = from;
  const declared = await collecting(mistakes, () =>
    declareParams(declaring, { recorded, ...(namedAt === undefined ? {} : { namedAt }) }),
  );
  if (declared === undefined) return undefined;
  const rules = { declared, aliases: from.aliases };
  const warnings: Diagnostic[] = [];
  let { tree } = declared;
  const files = declared.file === undefined ? [] : [declared.file];
  const take = (laid: Laid) => {
    mistakes.push(...laid.mistakes);
    warnings.push(...laid.warnings);
    tree = laid.tree;
  };
  for (const overlay of from.overlays ?? []) {
    const file = await collecting(mistakes, () => readYaml(resolve(overlay)));
    if (file === undefined) continue;
    files.push(file);
    take(overlayParams(rules, tree, file));
  }
  for (const text of from.set ?? []) take(setParamText(rules, tree, text));
  for (const [name, value] of Object.entries(from.values ?? {})) take(setParamValue(rules, tree, name, value));
  const sources = files.map(({ file, text }) => ({ path: relative(from.root, file), text }));
  const named = fileParams(declared, tree, files, from);
  return { names: [...declared.types.keys()], declared, tree, files: named, warnings, sources };
}

function fileParams(
  declared: DeclaredParams,
  tree: ParamTree,
  files: readonly YamlFile[],
  from: ParamSources,
): FileParam[] {
  return [...declared.types].flatMap(([key, type]) => {
    const path = type === 'file' ? paramAt(tree, key) : undefined;
    return typeof path === 'string' && path !== '' ? [{ key, path, place: placeOfValue(key, files, from) }] : [];
  });
}

/** Where the value that counts was given: the last of `--set`, else of the files. */
function placeOfValue(key: string, files: readonly YamlFile[], { set = [], aliases }: ParamSources): Place {
  const source = set.findLast((text) => `${key}.`.startsWith(`${renamed(text.slice(0, text.indexOf('=')), aliases)}.`));
  if (source !== undefined) return { file: '--set', line: 1, column: 1, length: source.length, source };
  const names = [key, ...Object.keys(aliases).filter((before) => aliases[before] === key)];
  for (const file of files.toReversed())
    for (const name of names)
      if (isMap(file.value) && paramAt(file.value, name) !== undefined) return file.place(name.split('.'));
  throw new Error(`no file gives ${key} its value`);
}

/** Keeps the mistakes of one file, so that those of the others are found too. */
async function collecting<T>(mistakes: Diagnostic[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    mistakes.push(...error.diagnostics);
    return undefined;
  }
}
