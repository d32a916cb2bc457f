/** Defaults, then overlays, then `--set`, then single values: the params of one run. */
import { relative, resolve } from 'node:path';
import { type Diagnostic, type Place, UserError } from '../errors.ts';
import { type DeclaredParams, declareParams } from './declare-params.ts';
import { type Laid, overlayParams, setParamText, setParamValue } from './lay-params.ts';
import type { JsonValue, ParamTree, Pipeline } from './types.ts';
import { readYaml } from './yaml-file.ts';

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
}

export interface ResolvedParams {
  /** Every dotted name there is, maps included. */
  readonly names: readonly string[];
  readonly declared: DeclaredParams;
  readonly tree: ParamTree;
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
  let { tree } = declared;
  const files = declared.file === undefined ? [] : [declared.file];
  const take = (laid: Laid) => {
    mistakes.push(...laid.mistakes);
    tree = laid.tree;
  };
  for (const overlay of from.overlays ?? []) {
    const file = await collecting(mistakes, () => readYaml(resolve(overlay)));
    if (file === undefined) continue;
    files.push(file);
    take(overlayParams(declared, tree, file));
  }
  for (const text of from.set ?? []) take(setParamText(declared, tree, text));
  for (const [name, value] of Object.entries(from.values ?? {})) take(setParamValue(declared, tree, name, value));
  const sources = files.map(({ file, text }) => ({ path: relative(from.root, file), text }));
  return { names: [...declared.types.keys()], declared, tree, sources };
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
