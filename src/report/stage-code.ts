/** Marks stages of older code: what computed a result is read from its lock, of each once. */
import type { FingerprintHash } from '../hash.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';
import type { ComparedRun } from './comparison.ts';
import { codeOf, olderStages, type StageCode } from './older-code.ts';

export type UncodedRun = Omit<ComparedRun, 'olderCode'>;

export async function withOlderCode(layout: Layout, runs: readonly UncodedRun[]): Promise<ComparedRun[]> {
  const read = stageCodes(layout);
  const coded = [];
  for (const { startedAt, stages } of runs) {
    const withCode = [];
    for (const { name, fingerprint } of stages)
      withCode.push({ name, code: fingerprint === null ? undefined : await read(fingerprint as FingerprintHash) });
    coded.push({ startedAt, stages: withCode });
  }
  const older = olderStages(coded);
  return runs.map((run, at) => ({ ...run, olderCode: older[at] ?? [] }));
}

/**
 * Looks up the code of a result, kept here or collected; undefined where nothing is known of it. Equal codes are one
 * object. Seals are not checked: of thousands of locks that takes seconds, and nothing but a mark in a table rests on it.
 */
function stageCodes(layout: Layout): (fingerprint: FingerprintHash) => Promise<StageCode | undefined> {
  const { known, distinct } = remembered.get(layout) ?? { known: new Map(), distinct: new Map() };
  remembered.set(layout, { known, distinct });
  return async (fingerprint) => {
    const found = known.get(fingerprint);
    if (found !== undefined) return found;
    const key = (await lockOf(layout, fingerprint))?.key;
    if (typeof key !== 'object' || key === null) return undefined;
    const code = shared(distinct, key);
    known.set(fingerprint, code);
    return code;
  };
}

interface Known {
  readonly known: Map<FingerprintHash, StageCode>;
  readonly distinct: Map<string, StageCode>;
}

/** A result never changes: who compares again and again reads each once. */
const remembered = new WeakMap<Layout, Known>();

async function lockOf(layout: Layout, fingerprint: FingerprintHash): Promise<Partial<StageLock> | undefined> {
  return (
    (await readJson<Partial<StageLock>>(layout.stage(fingerprint).lock)) ??
    (await readJson<Partial<StageLock>>(layout.collected(fingerprint)))
  );
}

function shared(distinct: Map<string, StageCode>, key: StageLock['key']): StageCode {
  const text = JSON.stringify([key.code, key.packages, key.runtime]);
  const code = distinct.get(text) ?? codeOf(key);
  distinct.set(text, code);
  return code;
}
