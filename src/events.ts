/**
 * All that happens. Executing emits events; the journal keeps those marked journaled, the console draws them, the
 * ingester makes rows of them. Times are milliseconds since the epoch; durations are from a monotonic clock.
 */
import type { Diagnostic, Failure } from './errors.ts';
import type { ConfigHash, FingerprintHash } from './hash.ts';
import type { JsonValue, ParamTree, Series } from './pipeline/types.ts';
import type { MetricsRecord, OutputRecord, SeriesRecord } from './result-records.ts';

export type { MetricsRecord, OutputRecord } from './result-records.ts';

export type StageOutcome = 'fresh' | 'cached' | 'ran' | 'pruned' | 'failed' | 'cancelled';
/** Outcomes without a result. */
export function isNothing(outcome: StageOutcome): outcome is 'failed' | 'cancelled' | 'pruned' {
  return outcome === 'failed' || outcome === 'cancelled' || outcome === 'pruned';
}
export type RunStatus = 'running' | 'complete' | 'failed' | 'cancelled' | 'pruned' | 'killed';
export type TrialState = 'waiting' | 'running' | 'complete' | 'pruned' | 'failed';

/** One execution of a config: `HASH@2`. */
export interface AttemptId {
  readonly configHash: ConfigHash;
  readonly attempt: number;
}

/** Who is doing it; a process is judged dead only by one with the same boot and pid namespace. */
export interface ProcessIdentity {
  readonly host: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** Start time of the process in clock ticks since boot: a pid alone may be taken again. */
  readonly pidStart: string;
  /** The job of Slurm that it is in; absent outside of one. */
  readonly slurm?: SlurmPlace;
}

/** A job of Slurm, of an array one task of it. */
export interface SlurmPlace {
  /** `12`, or `12_3`. */
  readonly job: string;
  /** How often it had been requeued when the process began. */
  readonly restarts: number;
  /** Whose numbers these are; absent in records of before. */
  readonly cluster?: string;
}

/** Who computes what another process waits for. */
export interface ClaimOwner extends ProcessIdentity {
  /** When it began, by its own clock; absent where its claim does not tell. */
  readonly since?: number;
  /** Whether it was stopped (Ctrl-Z, SIGSTOP), so that it lives and does nothing; known on its own machine alone. */
  readonly stopped?: boolean;
}

export interface PlannedStage {
  /** Dotted names. */
  readonly params: readonly string[];
  /** Names of stages. */
  readonly deps: readonly string[];
  readonly desc?: string;
  readonly series?: Readonly<Record<string, Series>>;
}

export interface RunStarted {
  readonly type: 'run-started';
  readonly at: number;
  readonly id: AttemptId;
  readonly params: ParamTree;
  /** In the order declared: enough to draw the graph, and to label charts when the pipeline has changed since. */
  readonly stages: Readonly<Record<string, PlannedStage>>;
  readonly targets: readonly string[];
  readonly by: ProcessIdentity;
  /** Its stages are jobs of a queue: that the process which began it has ended says nothing of it. */
  readonly queue?: 'slurm';
  readonly tags: readonly string[];
  readonly note?: string;
  readonly study?: { readonly name: string; readonly trial: number };
}
export interface StageStarted {
  readonly type: 'stage-started';
  readonly at: number;
  readonly id: AttemptId;
  readonly stage: string;
  readonly fingerprint: FingerprintHash;
  readonly retry: number;
}
export interface StageFinished {
  readonly type: 'stage-finished';
  readonly at: number;
  readonly id: AttemptId;
  readonly stage: string;
  readonly outcome: StageOutcome;
  readonly fingerprint?: FingerprintHash;
  /** Of this attempt: next to nothing for a cached stage. */
  readonly durationMs: number;
  /** Of the execution that made the result, also where it is cached. */
  readonly executionMs?: number;
  readonly outputs?: Readonly<Record<string, OutputRecord>>;
  readonly metrics?: Readonly<Record<string, MetricsRecord>>;
  /** The series' summaries: `g_loss` → its last or best value. */
  readonly series?: Readonly<Record<string, SeriesRecord>>;
  readonly failure?: Failure;
  /** Outputs that differ from an earlier execution of the same key: the stage is not deterministic. */
  readonly differing?: readonly string[];
}
export interface RunFinished {
  readonly type: 'run-finished';
  readonly at: number;
  readonly id: AttemptId;
  readonly status: RunStatus;
  readonly durationMs: number;
}
/** The verdict of `retrial reproduce` on a past attempt. */
export interface RunReproduced {
  readonly type: 'run-reproduced';
  readonly at: number;
  readonly id: AttemptId;
  readonly verdict: 'identical' | 'equal-metrics' | 'different' | 'drifted' | 'failed';
  readonly firstDifference?: string;
  /** Each stage that came to an end; one whose same inputs gave other bytes is not deterministic. */
  readonly stages?: readonly {
    readonly stage: string;
    readonly fingerprint: FingerprintHash;
    /** Whether all that went in was what it was: the key came out the same. */
    readonly sameInputs: boolean;
    /** Names of outputs that came out different. */
    readonly differing: readonly string[];
  }[];
}
/** What a person says of a past run, later than it. Only what is there changes. */
export interface RunMarked {
  readonly type: 'run-marked';
  readonly at: number;
  readonly id: AttemptId;
  readonly addTags?: readonly string[];
  readonly removeTags?: readonly string[];
  /** Replaces the note; null takes it away. */
  readonly note?: string | null;
  /** A pinned run's outputs are never collected. */
  readonly pinned?: boolean;
}
/** The run was removed from the record by `retrial rm`; its results stay while another run points at them. */
export interface RunRemoved {
  readonly type: 'run-removed';
  readonly at: number;
  readonly id: AttemptId;
  /** True where it was brought back, out of an archive. */
  readonly undone?: boolean;
}
/** A study begins, or goes on with what may change: its words, or its search, which begins another phase. */
export interface StudyStarted {
  readonly type: 'study-started';
  readonly at: number;
  readonly study: string;
  readonly spec: JsonValue;
  /** Absent in records of 0.1.0, whose studies had one phase. */
  readonly phase?: StudyPhase;
  /** Of each stage what it is given from outside, in the fields of its key. */
  readonly given?: Readonly<Record<string, JsonValue>>;
  /** The same of the stages that its final runs have beyond those of a trial, their params among it. */
  readonly givenFinal?: Readonly<Record<string, JsonValue>>;
}
/** Between two changes of its search a study is asked one way. */
export interface StudyPhase {
  /** From 0. */
  readonly number: number;
  /** The number of its first trial: those before were asked otherwise, and count where they fit. */
  readonly first: number;
  /** Numbers from which trials of earlier phases count; none does where the code changed and all is run anew. */
  readonly counted: number;
  /** Trials of other code or inputs are among those that count. */
  readonly mixed?: true;
  /** Numbers from which trials report what the pruner of today reads; all do where absent. */
  readonly comparable?: number;
}
export interface TrialAsked {
  readonly type: 'trial-asked';
  readonly at: number;
  readonly study: string;
  readonly trial: number;
  readonly params: Readonly<Record<string, JsonValue>>;
  readonly by: ProcessIdentity;
  /** How often the trial was begun before by an owner that died. */
  readonly restarts: number;
  /** What its point was derived from; absent in records of 0.1.0. */
  readonly seen?: SeenNumbers;
}
/** Numbers of trials as ranges: `0-17,19`. */
export interface SeenNumbers {
  /** Those that were finished. */
  readonly told: string;
  /** Those that were asked and still ran. */
  readonly running: string;
}
/** Its owner is gone without having told how it ended, or gave it back: whoever asks next goes on with it. */
export interface TrialLeft {
  readonly type: 'trial-left';
  readonly at: number;
  readonly study: string;
  readonly trial: number;
  /** Who had it. */
  readonly by: ProcessIdentity;
  /** Why, in words: `job 12_3 ran out of memory`. */
  readonly reason: string;
}
/** A trial that took all memory of its job does so again: that is told from other ends of a job. */
export function isOutOfMemory(reason: string): boolean {
  return reason.endsWith('ran out of memory');
}
/** What a trial's pruning metric came to while it ran. */
export interface TrialReported {
  readonly type: 'trial-reported';
  readonly at: number;
  readonly study: string;
  readonly trial: number;
  /** Position among the replicates of its point. */
  readonly replicate: number;
  readonly step: number;
  /** NaN and infinities by name, as JSON has none. */
  readonly value: number | 'NaN' | 'Infinity' | '-Infinity';
}
export interface TrialTold {
  readonly type: 'trial-told';
  readonly at: number;
  readonly study: string;
  readonly trial: number;
  readonly state: 'complete' | 'failed' | 'pruned';
  readonly runs: readonly ConfigHash[];
  /** The first objective, mean over replicates; absent where the trial failed. Of a pruned one what it last reported. */
  readonly value?: number;
  /** Every objective in the order of the sweep file, for each replicate; absent where there is no value. */
  readonly replicates?: readonly (readonly number[])[];
  readonly reason?: string;
  /** Of a pruned trial: where it ended. */
  readonly step?: number;
  /**
   * What it took: seconds of its stages, those computed before among them, and the last step they reported; of
   * several replicates the sums.
   */
  readonly cost?: TrialCost;
}
export interface TrialCost {
  readonly seconds: number;
  readonly steps?: number;
}
/** A point that is still in the race was run once more. */
export interface ReplicateTold {
  readonly type: 'replicate-told';
  readonly at: number;
  readonly study: string;
  readonly trial: number;
  readonly replicate: number;
  /** Absent where it could not be run at all. */
  readonly run?: ConfigHash;
  /** Every objective; absent where it failed. */
  readonly values?: readonly number[];
  readonly reason?: string;
  readonly cost?: TrialCost;
}
/** A failed trial is to be run again. */
export interface TrialReopened {
  readonly type: 'trial-reopened';
  readonly at: number;
  readonly study: string;
  readonly trial: number;
}
/** The best of an arm was run to its end under a seed of its own, the test part included: once. */
export interface FinalTold {
  readonly type: 'final-told';
  readonly at: number;
  readonly study: string;
  readonly trial: number;
  readonly replicate: number;
  readonly run?: ConfigHash;
  /** `evaluate.ndcg@10` → value. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly reason?: string;
}

/** A final run that failed is to be run again. */
export interface FinalReopened {
  readonly type: 'final-reopened';
  readonly at: number;
  readonly study: string;
  readonly trial: number;
  readonly replicate: number;
}

export type JournalEvent =
  | RunStarted
  | StageStarted
  | StageFinished
  | RunFinished
  | RunReproduced
  | RunMarked
  | RunRemoved
  | StudyStarted
  | TrialAsked
  | TrialLeft
  | TrialReported
  | TrialTold
  | ReplicateTold
  | TrialReopened
  | FinalTold
  | FinalReopened;

/** Seen live and not journaled. */
export type LiveEvent =
  | { readonly type: 'warned'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly type: 'stage-waiting'; readonly id: AttemptId; readonly stage: string; readonly owner: ClaimOwner }
  | {
      readonly type: 'stage-point';
      readonly id: AttemptId;
      readonly stage: string;
      readonly step: number;
      readonly values: Readonly<Record<string, number>>;
    }
  | {
      readonly type: 'stage-progress';
      readonly id: AttemptId;
      readonly stage: string;
      readonly done: number;
      readonly total?: number;
      readonly unit?: string;
    };

export type RetrialEvent = JournalEvent | LiveEvent;
export type Sink = (event: RetrialEvent) => void;
