/** What is recorded of a stage's result, in its lock and in the journal. */
import type { ContentHash } from './hash.ts';
import type { Goal, JsonValue } from './pipeline/types.ts';

export interface OutputRecord {
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly hash: ContentHash;
  /** Bytes, of all files in it. */
  readonly size: number;
}

/** NaN and infinities are kept as strings, which JSON has no numbers for. */
export type RecordedNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** The values of one metrics file, and what they may be compared with. */
export interface MetricsRecord {
  readonly values: Readonly<Record<string, RecordedNumber>>;
  readonly goal: Readonly<Record<string, Goal>>;
  /** `comparable_by` resolved: dependency → content hash, `params.x` → its value. Ranked together only where equal. */
  readonly comparable: Readonly<Record<string, JsonValue>>;
  readonly holdout: boolean;
}

/** A live series' last or best value. */
export interface SeriesRecord {
  readonly value: RecordedNumber;
  readonly step: number;
  /** As declared; absent where none is. */
  readonly goal?: Goal;
  /** Whether it was measured on a held-out part; absent in records of 0.1.0. */
  readonly holdout?: boolean;
}
