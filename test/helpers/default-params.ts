/** configs/default.yaml with overlays laid over it, for tests that run single stages. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export type Tree = { readonly [key: string]: unknown };

export function defaultParams(...overlays: readonly Tree[]): Tree {
  return overlays.reduce(merge, parse(readFileSync('configs/default.yaml', 'utf8')) as Tree);
}

function merge(base: Tree, overlay: Tree): Tree {
  const merged = Object.entries(overlay).map(([key, value]) => {
    const before = base[key];
    return [key, isTree(before) && isTree(value) ? merge(before, value) : value];
  });
  return { ...base, ...Object.fromEntries(merged) };
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
