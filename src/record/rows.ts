/** What the index gives out: plain rows, with JSON columns parsed. Times are milliseconds since the epoch. */
import type { Failure } from '../errors.ts';
import type { ProcessIdentity, RunReproduced, RunStatus, StageOutcome, TrialState } from '../events.ts';
import type { ConfigHash, ContentHash, FingerprintHash } from '../hash.ts';
import type { Goal, JsonValue, ParamTree, Series } from '../pipeline/types.ts';

/** One attempt of a config; where a function gives one for each config, it is the one that speaks for it. */
export interface RunRow {
  readonly attemptId: number;
  readonly configHash: ConfigHash;
  readonly attempt: number;
  readonly status: RunStatus;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly durationMs: number | null;
  readonly params: ParamTree;
  readonly targets: readonly string[];
  /** Tags, note and pin are the run's: whichever of its attempts they were said of, all have them. */
  readonly tags: readonly string[];
  readonly note: string | null;
  /** Its results are never collected. */
  readonly pinned: boolean;
  readonly study: string | null;
  readonly trial: number | null;
  /** Who ran it; null where its first event was lost. */
  readonly process: ProcessIdentity | null;
  /** The last verdict of `reproduce` on any attempt of the config. */
  readonly reproduced: { readonly verdict: RunReproduced['verdict']; readonly at: number } | null;
  /** Stages whose result once came out otherwise under the same key, in this run or any other. */
  readonly nondeterministic: readonly string[];
}

export interface StageRow {
  readonly attemptId: number;
  readonly stage: string;
  readonly description: string | null;
  readonly params: readonly string[];
  readonly deps: readonly string[];
  readonly series: Readonly<Record<string, Series>>;
  /** `cancelled` too where the run ended or died before the stage did. */
  readonly outcome: StageOutcome | 'running' | 'waiting';
  readonly fingerprint: FingerprintHash | null;
  readonly startedAt: number | null;
  readonly durationMs: number | null;
  readonly executionMs: number | null;
  readonly retries: number;
  readonly failure: Failure | null;
  /** Outputs that differ from an earlier execution with the same fingerprint; null where none was known. */
  readonly differing: readonly string[] | null;
  /** Outputs that once came out otherwise under this fingerprint. */
  readonly nondeterministic: readonly string[];
}

export interface OutputRow {
  readonly attemptId: number;
  readonly stage: string;
  readonly name: string;
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly hash: ContentHash;
  readonly size: number;
}

export interface MetricRow {
  readonly attemptId: number;
  /** `<stage>.<metric>` */
  readonly name: string;
  readonly stage: string;
  /** The metrics file it is from; null for a series' summary. */
  readonly file: string | null;
  /** Null where `text` says NaN or an infinity. */
  readonly value: number | null;
  readonly text: string | null;
  /** Of a series' summary: at which step. */
  readonly step: number | null;
  readonly goal: Goal | null;
  readonly comparable: Readonly<Record<string, JsonValue>>;
  readonly holdout: boolean;
}

export interface StudyRow {
  readonly name: string;
  readonly startedAt: number;
  /** The sweep file as it was. */
  readonly spec: JsonValue;
  readonly states: Readonly<Partial<Record<TrialState, number>>>;
}

export interface TrialRow {
  readonly study: string;
  readonly trial: number;
  readonly state: TrialState;
  readonly params: Readonly<Record<string, JsonValue>>;
  readonly value: number | null;
  readonly reason: string | null;
  readonly restarts: number;
  readonly runs: readonly ConfigHash[];
}

/** A run may be of trials of several studies. */
export interface ReplicateRow {
  readonly study: string;
  readonly trial: number;
  readonly replicate: number;
  readonly configHash: ConfigHash;
}

/** A run of the best, under a seed of its own, when the search was over. */
export interface FinalRow {
  readonly trial: number;
  /** Under which of the seeds. */
  readonly replicate: number;
  /** null where it could not be run. */
  readonly configHash: ConfigHash | null;
  /** Of the last stage, by their full names. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Why it failed. */
  readonly reason: string | null;
}

/** How many configs a held-out part was scored on, over everything recorded. */
export interface HoldoutRow {
  readonly metric: string;
  readonly stage: string;
  readonly comparable: Readonly<Record<string, JsonValue>>;
  readonly configs: number;
}

export interface ProblemRow {
  /** Path below `runs/`. */
  readonly journal: string;
  readonly offset: number;
  readonly message: string;
}
