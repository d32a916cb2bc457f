/** A run as a filter sees it. */
import type { JsonValue } from '../pipeline/types.ts';

/** What is not known of a run may be left out: it counts as missing. */
export interface FilterRow {
  /** Flattened: `model.loss` → value; lists stay lists. */
  readonly params: Readonly<Record<string, JsonValue | undefined>>;
  /** Full name → value; null where it did not end as a finite number. */
  readonly metrics: Readonly<Record<string, number | null | undefined>>;
  /** All of its 64 digits. */
  readonly hash: string;
  readonly attempt?: number;
  readonly status?: string;
  /** ISO 8601 in UTC: `2026-11-01T09:30:00.000Z`. */
  readonly started?: string;
  /** Seconds. */
  readonly took?: number | null;
  readonly study?: string | null;
  readonly trial?: number | null;
  readonly tags?: readonly string[];
  readonly note?: string | null;
  readonly pinned?: boolean;
  /** The last verdict of `reproduce`. */
  readonly reproduced?: string | null;
  /** When that was, as `started`. */
  readonly reproduced_at?: string | null;
  /** Stages whose result once came out otherwise under the same key. */
  readonly nondeterministic?: readonly string[];
}

export type FieldName = Exclude<keyof FilterRow, 'params' | 'metrics'>;

/** What may stand at its place; `any` is known of each run alone. */
export type Type = 'number' | 'text' | 'truth' | 'list' | 'null' | 'any';

export const fieldTypes: Readonly<Record<FieldName, Type>> = {
  hash: 'text',
  attempt: 'number',
  status: 'text',
  started: 'text',
  took: 'number',
  study: 'text',
  trial: 'number',
  tags: 'list',
  note: 'text',
  pinned: 'truth',
  reproduced: 'text',
  reproduced_at: 'text',
  nondeterministic: 'list',
};

/** Names that are a run's own, before those of params and metrics. */
export const fieldNames = Object.keys(fieldTypes) as readonly FieldName[];

export function isField(name: string): name is FieldName {
  return Object.hasOwn(fieldTypes, name);
}
