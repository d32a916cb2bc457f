/** `overlays:` of a sweep file: one dimension, whose values are params files. A point has one laid over the defaults. */
import { resolve } from 'node:path';
import { type Diagnostic, type Place, UserError } from '../errors.ts';
import { canonicalJson } from '../hash.ts';
import { loadPipeline } from '../pipeline/load.ts';
import { flatten } from '../pipeline/param-tree.ts';
import type { JsonValue, Pipeline } from '../pipeline/types.ts';
import { readYaml, type YamlFile } from '../pipeline/yaml-file.ts';
import type { Point } from './search-space.ts';
import type { SweepFile } from './spec-schema.ts';

/** Of the dimension, in points and tables. */
export const overlayName = 'overlay';

export interface Overlaid {
  /** Absolute. */
  readonly path: string;
  /** Params that are others with it, by dotted name. */
  readonly changes: Readonly<Record<string, JsonValue>>;
}

/** By the path as it is written, from the pipeline's folder. */
export type Overlays = Readonly<Record<string, Overlaid>>;

/** @param overlays those of every point */
export async function readOverlays(
  source: SweepFile,
  pipeline: Pipeline,
  overlays: readonly string[],
  file: YamlFile,
): Promise<{ readonly overlaid: Overlays; readonly mistakes: readonly Diagnostic[] }> {
  const overlaid: Record<string, Overlaid> = {};
  const mistakes: Diagnostic[] = [];
  for (const [at, name] of (source.overlays ?? []).entries()) {
    try {
      const path = await namedFile(pipeline.root, name, file.place(['overlays', at]));
      const laid = await loadPipeline({ file: pipeline.file, overlays: [...overlays, path] });
      overlaid[name] = { path, changes: changesOf(pipeline, laid) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(...error.diagnostics);
    }
  }
  return { overlaid, mistakes };
}

/**
 * The absolute path of a params file. Throws {@link UserError}, at the line that names it, where it cannot be read.
 */
export async function namedFile(root: string, name: string, place: Place): Promise<string> {
  const path = resolve(root, name);
  try {
    await readYaml(path, place);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.diagnostics.map((one) => ({ ...one, message: one.message.replaceAll(path, name) })));
  }
  return path;
}

function changesOf(base: Pipeline, laid: Pipeline): Overlaid['changes'] {
  const before = flatten(base.params);
  const changed = Object.entries(flatten(laid.params)).filter(
    ([name, value]) => !(name in before) || canonicalJson(before[name] ?? null) !== canonicalJson(value),
  );
  return Object.fromEntries(changed);
}

/** What a point is made of: its overlay behind those of every point, and its other values over them. */
export function laidBy(
  { overlays, overlaid }: { readonly overlays: readonly string[]; readonly overlaid: Overlays },
  point: Point,
): { readonly overlays: readonly string[]; readonly values: Point } {
  const { [overlayName]: name, ...values } = point;
  const overlay = typeof name === 'string' ? overlaid[name] : undefined;
  return overlay === undefined ? { overlays, values: point } : { overlays: [...overlays, overlay.path], values };
}

/** Names of the params that some overlay changes. */
export function overlaidNames(overlaid: Overlays): string[] {
  return [...new Set(Object.values(overlaid).flatMap(({ changes }) => Object.keys(changes)))];
}

/** Those params as they are under the overlay of a point. */
export function overlaidValues(overlaid: Overlays, fixed: Point, point: Point): Point {
  const name = point[overlayName];
  const changes = typeof name === 'string' ? overlaid[name]?.changes : undefined;
  const values = overlaidNames(overlaid).flatMap((param) => {
    const value = changes?.[param] ?? fixed[param];
    return value === undefined ? [] : [[param, value] as const];
  });
  return Object.fromEntries(values);
}
