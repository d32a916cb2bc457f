import type { JsonValue, ParamTree } from '../pipeline/types.ts';

/** A tree as dotted name → leaf, in the tree's order. Lists are leaves, and so is an empty map. */
export function flatten(tree: ParamTree): Record<string, JsonValue> {
  const leaves: Record<string, JsonValue> = Object.create(null);
  const walk = (value: JsonValue, path: string) => {
    const entries = isTree(value) ? Object.entries(value) : [];
    if (entries.length === 0) leaves[path] = value;
    for (const [key, child] of entries) walk(child, `${path}.${key}`);
  };
  for (const [key, value] of Object.entries(tree)) walk(value, key);
  return { ...leaves };
}

export function isTree(value: JsonValue | undefined): value is ParamTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
