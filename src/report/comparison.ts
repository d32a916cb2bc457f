/**
 * What a comparison of runs holds, as plain data: made from the record, drawn by the page, and embedded in it as JSON.
 * One run's page is the comparison of one.
 */
import type { RunStatus, StageOutcome } from '../events.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import type { Finalists } from '../record/finalists.ts';

export interface Comparison {
  readonly format: 1;
  readonly title: string;
  readonly generatedAt: string;
  readonly study?: ComparedStudy;
  readonly runs: readonly ComparedRun[];
  /** Full metric name (`evaluate.ndcg@10`, `train.g_loss`) → what is known of it. */
  readonly metrics: Readonly<Record<string, MetricInfo>>;
  /** Series name (`train.g_loss`) → what is known of it. */
  readonly series: Readonly<Record<string, SeriesInfo>>;
  /** Groups of values that may be ranked together; a metric value names its group. */
  readonly groups: Readonly<Record<string, ComparableGroup>>;
  /** Of a study whose points have several runs each: its trials, best first in each group. They are what is ranked. */
  readonly trials?: readonly ComparedTrial[];
  /** Of a study in words: whether its best can be told from the second. */
  readonly verdict?: string;
  /** Of a study: what the final runs of its best came to, and in words from which the best of them can be told. */
  readonly finalists?: Finalists & { readonly verdict: string };
  /** Metric to rank by first, and the param to lay side by side (the study's `split_by`), where known. */
  readonly rankBy?: string;
  readonly splitBy?: string;
  /** Of outputs, by `previewKey`: those of the runs that are not brief. */
  readonly previews?: Readonly<Record<string, readonly NamedPreview[]>>;
  /** Test parts that were scored, and by how many configs each: a held-out part looked at often is no longer held out. */
  readonly holdout: readonly { readonly metric: string; readonly group: string; readonly configs: number }[];
}

export interface ComparedStudy {
  readonly name: string;
  /** What it is to answer. */
  readonly question?: string;
  /** Params that vary among the runs of one trial: `seed`, or a fold. */
  readonly replicates: readonly string[];
  /** Params whose values divide it into arms, each with trials and a best of its own; empty where it has none. */
  readonly arms: readonly string[];
  readonly metric: { readonly name: string; readonly goal: Goal };
  /** The series its pruner judges by: `train.val_loss`. */
  readonly pruned?: string;
  readonly states: Readonly<Record<string, number>>;
  readonly sampler: string;
}

/** One point of a study: the same setting under several seeds or folds. */
export interface ComparedTrial {
  readonly trial: number;
  /** Mean of the metric to rank by over its runs; of the study's own metric as the sweep told it. */
  readonly value: number;
  /** Trials of one group may be ranked together: their runs are of the same groups. The group itself where that is one. */
  readonly group: string;
  /** 95 % of the mean; absent where there is too little to tell. */
  readonly interval?: readonly [low: number, high: number];
  /** By what method the interval is. */
  readonly how?: string;
  /** Config hashes, in the order of the replicates; the sweep names the first. */
  readonly runs: readonly string[];
}

export interface ComparedRun {
  readonly configHash: string;
  readonly attempt: number;
  readonly status: RunStatus;
  readonly startedAt: string;
  readonly durationMs: number | null;
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly pinned: boolean;
  /** Stages whose result once came out otherwise under the same key. */
  readonly nondeterministic: readonly string[];
  /** The study it was run for. */
  readonly study?: string;
  readonly trial: number | null;
  /** Flattened: `model.loss` → value; lists stay lists. */
  readonly params: Readonly<Record<string, JsonValue>>;
  /** Of a study those of its params that are searched for other settings alone: at their defaults, and compared by nothing. */
  readonly unused?: Readonly<Record<string, JsonValue>>;
  /** Full name → value and the group it may be ranked in. A null value did not end as a finite number (`text` says which). */
  readonly metrics: Readonly<
    Record<string, { readonly value: number | null; readonly text?: string; readonly group: string }>
  >;
  /** Full series name → points; thinned to at most `thinnedTo` points where `points` was larger. */
  readonly series: Readonly<Record<string, ComparedSeries>>;
  readonly stages: readonly ComparedStage[];
  /** Stages that a newer run computed by other code, packages or runtime. */
  readonly olderCode: readonly OlderStage[];
  /** True where the page has no room for its logs and previews. */
  readonly isBrief?: true;
  readonly environment: Readonly<Record<string, JsonValue>>;
  /** Commands, in order. */
  readonly reproduce: readonly string[];
  readonly reproduced: { readonly verdict: string; readonly at: string } | null;
}

export interface ComparedSeries {
  readonly steps: readonly number[];
  /** null where the value was NaN or infinite. */
  readonly values: readonly (number | null)[];
  /** How many points were recorded. */
  readonly points: number;
}

export interface OlderStage {
  readonly stage: string;
  /** Files, packages and parts of the runtime that were other ones; some of them, where there are many. */
  readonly changed: readonly string[];
}

export interface ComparedStage {
  readonly name: string;
  readonly desc: string | null;
  readonly deps: readonly string[];
  readonly outcome: StageOutcome | 'running' | 'waiting';
  readonly fingerprint: string | null;
  /** Outputs that once came out otherwise under the same fingerprint. */
  readonly nondeterministic: readonly string[];
  /** Since the run began; null where it did not begin. */
  readonly startedMs: number | null;
  readonly durationMs: number | null;
  readonly executionMs: number | null;
  readonly outputs: readonly {
    readonly name: string;
    readonly path: string;
    readonly hash: string;
    readonly size: number;
  }[];
  readonly failure: string | null;
  /** The last lines of its log; null where there is none, and of a run that is brief. */
  readonly logTail: string | null;
}

/** The beginning of a file, as far as a page can show it. */
export type Preview =
  /** A data: URL. */
  | { readonly kind: 'image'; readonly source: string }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[]; readonly isWhole: boolean }
  | { readonly kind: 'text'; readonly text: string; readonly isWhole: boolean };

/** @property path below a folder; empty of an output that is a file */
export type NamedPreview = Preview & { readonly path: string };

export interface MetricInfo {
  readonly stage: string;
  readonly goal: Goal | null;
  readonly holdout: boolean;
  readonly desc?: string;
}

export interface SeriesInfo {
  readonly stage: string;
  readonly desc?: string;
  readonly goal?: Goal;
  readonly reference?: { readonly value: number; readonly label: string };
}

export interface ComparableGroup {
  /** What tells it from the other groups in words: `evaluate.protocol = leaked`, `truth 1a2b3c`. Empty for the only one. */
  readonly label: string;
  readonly components: Readonly<Record<string, JsonValue>>;
}
