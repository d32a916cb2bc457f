/** Which values may be ranked together, and what to call them where not all may. */
import { canonicalJson } from '../hash.ts';
import { formatValue } from '../logging/format.ts';
import { flatten } from '../pipeline/param-tree.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { type Comparable, groupOf } from '../record/comparable-group.ts';
import type { ComparableGroup } from './comparison.ts';

/** All groups of some metrics, each labelled by what tells it from the others of its stage. */
export function comparableGroups(metrics: readonly Comparable[]): Record<string, ComparableGroup> {
  const groups = new Map(metrics.map((metric) => [groupOf(metric), metric]));
  const kinds = new Map<string, [string, Comparable][]>();
  for (const group of groups) {
    const kind = canonicalJson([group[1].stage, Object.keys(group[1].comparable).sort()]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), group]);
  }
  return Object.fromEntries([...kinds.values()].flatMap(labelled));
}

function labelled(groups: readonly [string, Comparable][]): [string, ComparableGroup][] {
  const leaves = groups.map(([, { comparable }]) => leavesOf(comparable));
  const names = [...new Set(leaves.flatMap((leaf) => Object.keys(leaf)))];
  const differing = names.filter((name) => new Set(leaves.map((leaf) => JSON.stringify(leaf[name]))).size > 1);
  return groups.map(([id, { comparable }], i) => {
    const label = differing.map((name) => describe(name, leaves[i]?.[name])).join(', ');
    return [id, { label, components: comparable }];
  });
}

/** `params.evaluate` → each param below it; a dependency → its hash. */
function leavesOf(components: Comparable['comparable']): Record<string, JsonValue> {
  const flat = Object.entries(flatten(components));
  return Object.fromEntries(flat.map(([name, value]) => [name.replace(/^params\./, ''), value]));
}

function describe(name: string, value: JsonValue | undefined): string {
  if (value === undefined) return `no ${name}`;
  const isHash = typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
  return isHash ? `${name} ${value.slice(0, 8)}` : `${name} = ${formatValue(value)}`;
}

/** All that values of a group have in common, in words. */
export function describeComponents(components: Comparable['comparable']): string {
  return Object.entries(leavesOf(components))
    .map(([name, value]) => describe(name, value))
    .join(', ');
}
