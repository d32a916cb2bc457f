/** What went into a stage, or surrounds it, and is no longer what it was. */
import type { JsonValue } from '../pipeline/types.ts';
import { type FieldChange, type Fingerprint, fingerprintChanges } from '../plan/fingerprint.ts';
import type { StageLock } from '../store/published.ts';
import type { KeptDependency } from './attempt-dependencies.ts';
import { givenNames } from './environment.ts';
import type { RecordedInput } from './reproduce-dependencies.ts';

export interface Drift {
  /** Absent for what all stages share. */
  readonly stage?: string;
  /**
   * `dependency`: a file the stage depends on; `environment`: recorded and in no key, so that it explains a difference
   * and is none; the others: that part of the stage's key.
   */
  readonly kind: 'code' | 'packages' | 'runtime' | 'env' | 'dependency' | 'environment' | 'other';
  readonly change: FieldChange;
  /** Where the change alone does not tell. */
  readonly message?: string;
}

/**
 * Differences of two keys of a stage. An output upstream that came out different is none of its own, and so is no drift.
 * @param outputs names of dependencies that are outputs of other stages
 */
export function keyDrift(
  stage: string,
  before: StageLock['key'],
  after: Fingerprint,
  outputs: readonly string[],
): Drift[] {
  const isOutput = (field: string) => outputs.some((name) => `${field}.`.startsWith(`deps.${name}.`));
  return fingerprintChanges(before, after)
    .filter(({ field }) => !isOutput(field))
    .map((change) => ({ stage, kind: kindOf(change.field.split('.')[0] ?? ''), change }));
}

function kindOf(part: string): Drift['kind'] {
  if (part === 'deps') return 'dependency';
  return part === 'code' || part === 'packages' || part === 'runtime' || part === 'env' ? part : 'other';
}

/** Of what describes a machine, that which may move the last digits of a result. TensorFlow's build is in keys. */
const telling = ['node', 'platform', 'arch', 'cpu', 'cpuFeatures', 'threads', ...givenNames];

/** Differences between the machine of then and of now, as far as the record of then says. */
export function environmentDrift(
  then: Readonly<Record<string, JsonValue>>,
  now: Readonly<Record<string, JsonValue>>,
): Drift[] {
  return telling.flatMap((name) => {
    const [before, after] = [then[name], now[name]];
    if (before === undefined || JSON.stringify(before) === JSON.stringify(after)) return [];
    const change = { field: `environment.${name}`, before, after };
    const lists =
      Array.isArray(before) && Array.isArray(after) ? { message: listMessage(change.field, before, after) } : {};
    return [{ kind: 'environment', change, ...lists } as const];
  });
}

/** Of two long lists only what one has and the other has not. */
function listMessage(field: string, before: readonly JsonValue[], after: readonly JsonValue[]): string {
  const without = (these: readonly JsonValue[], others: readonly JsonValue[]) =>
    these.filter((value) => !others.includes(value)).join(', ');
  const [gone, come] = [without(before, after), without(after, before)];
  const parts = [gone === '' ? [] : [`without ${gone}`], come === '' ? [] : [`with ${come}`]].flat();
  return `${field} changed since then: ${parts.length === 0 ? 'another order' : `now ${parts.join(', and ')}`}`;
}

/** A dependency that is not there, nor was kept: the stage cannot be run. */
export function missingDrift(stage: string, input: RecordedInput, kept: KeptDependency | undefined): Drift {
  const large =
    kept?.kept === false ? `${sizeText(kept)}too large to be kept with the record` : 'which is not on record';
  return {
    ...{ stage, kind: 'dependency', change: { field: `deps.${input.name}`, before: input.hash, after: undefined } },
    message: `${input.path} is not there (${large}): put it back to check this stage`,
  };
}

function sizeText({ size }: { readonly size?: number }): string {
  return size === undefined ? '' : `${size} bytes, `;
}
