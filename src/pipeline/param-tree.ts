/** Params as a tree, and by dotted name. */
import type { JsonValue, ParamTree } from './types.ts';

export function isMap(value: unknown): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a dotted name, which may be a subtree; undefined where there is none. */
export function paramAt(tree: ParamTree, name: string): JsonValue | undefined {
  return name
    .split('.')
    .reduce<JsonValue | undefined>((at, key) => (isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined), tree);
}

/** Leaves by dotted name, in the order of the tree. Lists and empty maps are leaves. */
export function flatten(tree: ParamTree): Record<string, JsonValue> {
  const leaves: Record<string, JsonValue> = {};
  addLeaves(leaves, tree, '');
  return leaves;
}

function addLeaves(leaves: Record<string, JsonValue>, tree: ParamTree, prefix: string): void {
  for (const key of Object.keys(tree)) {
    const value = tree[key] as JsonValue;
    if (isMap(value) && Object.keys(value).length > 0) addLeaves(leaves, value, `${prefix}${key}.`);
    else leaves[prefix + key] = value;
  }
}

/** The part of the tree that holds the named keys, and nothing else. Names that are not there are left out. */
export function pickParams(tree: ParamTree, names: readonly string[]): ParamTree {
  return [...names].sort().reduce<ParamTree>((picked, name) => {
    const value = paramAt(tree, name);
    return value === undefined ? picked : setParam(picked, name, value);
  }, {});
}

/** A copy of the tree without the value at the dotted name, and without the maps that held nothing else. */
export function withoutParam(tree: ParamTree, name: string): ParamTree {
  const [key = '', ...rest] = name.split('.');
  const inner = tree[key];
  const left = rest.length > 0 && isMap(inner) ? withoutParam(inner, rest.join('.')) : {};
  if (rest.length > 0 && !isMap(inner)) return tree;
  if (Object.keys(left).length > 0) return { ...tree, [key]: left };
  return Object.fromEntries(Object.entries(tree).filter(([name]) => name !== key));
}

/** A copy of the tree with the value at the dotted name; maps on the way are made. */
export function setParam(tree: ParamTree, name: string, value: JsonValue): ParamTree {
  const [key = '', ...rest] = name.split('.');
  if (rest.length === 0) return { ...tree, [key]: value };
  const inner = tree[key];
  return { ...tree, [key]: setParam(isMap(inner) ? inner : {}, rest.join('.'), value) };
}
