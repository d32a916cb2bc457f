/** Params that were renamed: what was written or recorded under the former name counts for today's. */
import { type Diagnostic, UserError } from '../errors.ts';
import { isMap, paramAt, setParam, withoutParam } from './param-tree.ts';
import type { ResolvedParams } from './resolve-params.ts';
import { didYouMean } from './suggest.ts';
import type { ParamTree } from './types.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

/** Former dotted name → name today. */
export type Aliases = Readonly<Record<string, string>>;

/**
 * The tree with what stands under former names moved to today's. Where both are there, today's stays as it is and the
 * former goes.
 */
export function renameParams(params: ParamTree, aliases: Aliases): ParamTree {
  return Object.entries(aliases).reduce((tree, [before, now]) => {
    const value = paramAt(tree, before);
    if (value === undefined) return tree;
    const without = withoutParam(tree, before);
    return paramAt(tree, now) === undefined ? setParam(without, now, value) : without;
  }, params);
}

/** A dotted name with today's in the place of a former one, which may be the front of it. */
export function renamed(name: string, aliases: Aliases): string {
  for (const [before, now] of Object.entries(aliases))
    if (`${name}.`.startsWith(`${before}.`)) return `${now}${name.slice(before.length)}`;
  return name;
}

/** A former name that is a param, or a name of today that is none. */
export function aliasMistakes(aliases: Aliases, { names, tree }: ResolvedParams, file: YamlFile): Diagnostic[] {
  return Object.entries(aliases).flatMap(([before, now]): Diagnostic[] => {
    const place = file.keyPlace(['aliases', before]);
    if (names.includes(before))
      return [{ severity: 'error', message: `aliases: ${before} is a param, and so is no former name of one`, place }];
    if (names.includes(now) || paramAt(tree, now) !== undefined) return [];
    const message = `aliases: unknown param "${now}"`;
    return [{ severity: 'error', message, place: file.place(['aliases', before]), ...didYouMean(now, names) }];
  });
}

/** Those of a pipeline.yaml, for reading records: none where it is not there or is damaged. */
export async function readAliases(pipelineFile: string): Promise<Aliases> {
  const value = await readYaml(pipelineFile).then(
    (file) => file.value,
    (error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      return null;
    },
  );
  const aliases = isMap(value) && isMap(value.aliases) ? Object.entries(value.aliases) : [];
  return Object.fromEntries(aliases.flatMap(([before, now]) => (typeof now === 'string' ? [[before, now]] : [])));
}
