/** What the stages of one run share: the pipeline, the store, the slots, and the attempt they are recorded under. */
import type { ProcessIdentity, Sink } from '../events.ts';
import type { FingerprintHash } from '../hash.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import type { Surveyed } from '../plan/surroundings.ts';
import { type AttemptLock, hasResult, pointTo } from '../store/attempts.ts';
import type { Layout } from '../store/layout.ts';
import type { HashMemo } from '../store/memo.ts';
import type { StageLock } from '../store/published.ts';
import type { Remote } from '../store/remote.ts';
import type { AttemptFiles, AttemptRecorder } from './attempt-recorder.ts';
import type { StageResult } from './execute-stage.ts';
import type { Executor } from './executor.ts';
import type { StageKey } from './inputs.ts';
import type { Judge } from './judged.ts';
import type { Slots } from './slots.ts';

export interface RunContext {
  readonly pipeline: Pipeline;
  readonly layout: Layout;
  readonly memo: HashMemo;
  /** Stands for this run in the keys of stages that always run. */
  readonly nonce: string;
  readonly executor: Executor;
  readonly slots: Slots;
  readonly force: boolean;
  /** Stages run where only what they declare is. */
  readonly isolated: boolean;
  /** Aborted when no further stage is to start. */
  readonly stopping: AbortSignal;
  /** Aborted when running stages are to stop too. */
  readonly interrupted: AbortSignal;
  readonly live: Sink;
  /** Who may end a stage for what it reports. */
  readonly judge: Judge | undefined;
  /** Where results are shared through. */
  readonly remote: Remote | undefined;
  surveyed(stage: Stage): Surveyed;
  /** Begins the attempt, once: a run that does nothing records nothing. */
  begin(): Promise<AttemptFiles>;
  started(stage: Stage, key: StageKey, retry: number): Promise<void>;
  waiting(stage: Stage, owner: ProcessIdentity): void;
  /** Lets the run point at a published result: fresh where it already did, else cached. */
  point(stage: Stage, lock: StageLock, durationMs: number): Promise<StageResult>;
  pointTo(stage: Stage, fingerprint: FingerprintHash): Promise<void>;
}

export interface RunContextParts
  extends Pick<
    RunContext,
    | 'pipeline'
    | 'layout'
    | 'memo'
    | 'nonce'
    | 'executor'
    | 'slots'
    | 'force'
    | 'isolated'
    | 'stopping'
    | 'interrupted'
    | 'judge'
  > {
  readonly sink: Sink;
  readonly remote?: Remote | undefined;
  readonly surveys: ReadonlyMap<string, Surveyed>;
  readonly recorder: Pick<AttemptRecorder, 'configHash' | 'id' | 'begin' | 'stageStarted'>;
  readonly previous: AttemptLock | undefined;
}

export function runContext(parts: RunContextParts): RunContext {
  const { recorder, layout, previous, surveys, sink, remote, ...shared } = parts;
  const { configHash } = recorder;
  return {
    ...shared,
    layout,
    live: sink,
    remote,
    surveyed: (stage) => {
      const surveyed = surveys.get(stage.name);
      if (surveyed === undefined) throw new Error(`stage ${stage.name} was not surveyed`);
      return surveyed;
    },
    begin: () => recorder.begin(),
    started: (stage, key, retry) => recorder.stageStarted(stage.name, key.hash, retry),
    waiting: (stage, owner) => sink({ type: 'stage-waiting', id: recorder.id(), stage: stage.name, owner }),
    point: async (stage, lock, durationMs) => {
      const outcome = hasResult(previous, stage.name, lock.fingerprint) ? 'fresh' : 'cached';
      if (outcome === 'cached') {
        await recorder.begin();
        await pointTo(layout, configHash, stage.name, lock.fingerprint);
      }
      return { name: stage.name, outcome, fingerprint: lock.fingerprint, lock, durationMs };
    },
    pointTo: (stage, fingerprint) => pointTo(layout, configHash, stage.name, fingerprint),
  };
}
