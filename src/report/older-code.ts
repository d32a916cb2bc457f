/** Which stages of which runs were computed by older code than a newer run's. */
import type { JsonValue } from '../pipeline/types.ts';
import type { OlderStage } from './comparison.ts';

/** What computes a stage: file, package or part of the runtime → what stands for its content. */
export type StageCode = ReadonlyMap<string, string>;

export interface CodedRun {
  readonly startedAt: string;
  readonly stages: readonly { readonly name: string; readonly code: StageCode | undefined }[];
}

const mostNamed = 6;

/**
 * For each run its stages of older code. A part counts where a newer run has it too, with another content: models of one
 * study may each have files of their own, and none of these is older than the other's.
 */
export function olderStages(runs: readonly CodedRun[]): OlderStage[][] {
  const newest = newestParts(runs);
  const known = new Map<StageCode, Map<string, readonly string[]>>();
  const changedIn = (stage: string, code: StageCode): readonly string[] => {
    const ofCode = known.get(code) ?? new Map<string, readonly string[]>();
    known.set(code, ofCode);
    const changed = ofCode.get(stage) ?? changedParts(code, newest.get(stage) ?? new Map());
    ofCode.set(stage, changed);
    return changed;
  };
  return runs.map(({ stages }) =>
    stages.flatMap(({ name, code }) => {
      const changed = code === undefined ? [] : changedIn(name, code);
      return changed.length === 0 ? [] : [{ stage: name, changed }];
    }),
  );
}

/** Of each stage the content of each part in the newest run that has it. */
function newestParts(runs: readonly CodedRun[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const newest = new Map<string, Map<string, string>>();
  const seen = new Map<string, Set<StageCode>>();
  for (const { stages } of runs.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1)))
    for (const { name, code } of stages) {
      const codes = seen.get(name) ?? new Set<StageCode>();
      seen.set(name, codes);
      if (code === undefined || codes.has(code)) continue;
      codes.add(code);
      const parts = newest.get(name) ?? new Map<string, string>();
      newest.set(name, parts);
      for (const [part, content] of code) if (!parts.has(part)) parts.set(part, content);
    }
  return newest;
}

function changedParts(code: StageCode, newest: ReadonlyMap<string, string>): readonly string[] {
  const changed = [...code].flatMap(([part, content]) => (newest.get(part) === content ? [] : [part]));
  return changed.length <= mostNamed
    ? changed
    : [...changed.slice(0, mostNamed - 1), `${changed.length - mostNamed + 1} more`];
}

/** @param key of a result, or whatever is in the place of one */
export function codeOf(key: Readonly<Record<string, JsonValue | undefined>>): StageCode {
  const packages = new Map<string, string[]>();
  for (const [named, integrity] of entriesOf(key.packages)) {
    const at = named.lastIndexOf('@');
    const name = at > 0 ? named.slice(0, at) : named;
    packages.set(name, [...(packages.get(name) ?? []), `${named} ${integrity}`]);
  }
  return new Map([
    ...entriesOf(key.code).map(([file, hash]): [string, string] => [file, String(hash)]),
    ...[...packages].map(([name, versions]): [string, string] => [`package ${name}`, versions.sort().join(' ')]),
    ...entriesOf(key.runtime).map(([name, value]): [string, string] => [`runtime ${name}`, JSON.stringify(value)]),
  ]);
}

function entriesOf(value: JsonValue | undefined): [string, JsonValue][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
