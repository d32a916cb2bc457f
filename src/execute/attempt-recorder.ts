/**
 * Records one attempt of a run: its folder, its lock and its events. It begins when something happens that is worth a
 * record; what was seen before (fresh stages) is kept until then.
 */
import { mkdir } from 'node:fs/promises';
import type { AttemptId, JournalEvent, RunStarted, RunStatus, Sink, StageFinished } from '../events.ts';
import { type ConfigHash, type FingerprintHash, short } from '../hash.ts';
import { configYaml } from '../pipeline/config-text.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { upstream } from '../plan/graph.ts';
import { openJournal } from '../record/journal.ts';
import { type AttemptLock, newAttempt, writeAttemptLock } from '../store/attempts.ts';
import { jsonText, writeAtomic } from '../store/files.ts';
import { pointLatest } from '../store/latest.ts';
import type { Layout } from '../store/layout.ts';
import { type AttemptInputs, type InputsToKeep, keepInputs, pipelineText, withHashes } from './attempt-inputs.ts';
import { describeEnvironment, describeMachine } from './environment.ts';

export interface AttemptFiles {
  readonly id: AttemptId;
  /** `HASH@2` */
  readonly name: string;
  log(stage: string): string;
  series(stage: string): string;
}

export interface AttemptRecorder {
  readonly configHash: ConfigHash;
  /** The attempt under way; before it begins, the one before it. */
  id(): AttemptId;
  begin(): Promise<AttemptFiles>;
  stageStarted(stage: string, fingerprint: FingerprintHash, retry: number): Promise<void>;
  stageFinished(finished: Omit<StageFinished, 'id' | 'at' | 'type'>): void;
  /** Closes the journal and leaves the attempt to those who end it: its jobs. */
  handOver(): void;
  /** Writes the lock and closes the record; the number of the attempt, or null where none began. */
  finish(status: RunStatus, stages: AttemptLock['stages'], durationMs: number): Promise<number | null>;
}

export interface RecorderOptions {
  readonly layout: Layout;
  readonly pipeline: Pipeline;
  readonly configHash: ConfigHash;
  readonly previous: AttemptLock | undefined;
  readonly sink: Sink;
  /** What the attempt is made from; absent where it is the reproduction of another, whose inputs are on record. */
  readonly inputs?: Pick<InputsToKeep, 'memo' | 'surveys'>;
  readonly started: Omit<RunStarted, 'id' | 'at' | 'type' | 'params' | 'stages'>;
  /** Called when the attempt has its number, and nothing says yet that it is under way. */
  readonly onBegin?: (id: AttemptId) => Promise<void>;
}

export function attemptRecorder(options: RecorderOptions): AttemptRecorder {
  const { layout, configHash, previous, sink } = options;
  const journal = openJournal(layout.journals);
  const unwritten: ((id: AttemptId) => JournalEvent)[] = [];
  let beginning: Promise<AttemptFiles> | undefined;
  let current: AttemptId = { configHash, attempt: previous?.attempt ?? 0 };
  let begun = false;
  let kept: AttemptInputs | undefined;

  const emit = (event: JournalEvent) => {
    journal.append(event);
    sink(event);
  };
  const begin = async (): Promise<AttemptFiles> => {
    current = await newAttempt(layout, configHash);
    kept = await writeRecord(options, current);
    await options.onBegin?.(current);
    await pointLatest(layout, configHash);
    emit(runStarted(options, current));
    begun = true;
    for (const make of unwritten.splice(0)) journal.append(make(current));
    return attemptFiles(layout, current);
  };
  return {
    configHash,
    id: () => current,
    begin: () => {
      beginning ??= begin();
      return beginning;
    },
    stageStarted: async (stage, fingerprint, retry) => {
      emit({ type: 'stage-started', at: Date.now(), id: current, stage, fingerprint, retry });
    },
    stageFinished: (finished) => {
      const at = Date.now();
      const make = (id: AttemptId): JournalEvent => ({ type: 'stage-finished', at, id, ...finished });
      if (begun) return emit(make(current));
      unwritten.push(make);
      sink(make(current));
    },
    handOver: () => journal.close(),
    finish: async (status, stages, durationMs) => {
      if (beginning === undefined) return null;
      await beginning;
      await lockAttempt({ layout, pipeline: options.pipeline, previous }, kept, current, { status, stages });
      emit({ type: 'run-finished', at: Date.now(), id: current, status, durationMs });
      journal.close();
      return current.attempt;
    },
  };
}

/** What is needed to have the run again, written before anything runs. */
async function writeRecord(options: RecorderOptions, id: AttemptId): Promise<AttemptInputs | undefined> {
  const { layout, pipeline, configHash, inputs } = options;
  const run = layout.run(configHash);
  const attempt = run.attempt(id.attempt);
  await mkdir(attempt.folder, { recursive: true });
  const config = configYaml(pipeline.params, filesNamed(pipeline));
  const [kept, environment] = await Promise.all([
    inputs && keepInputs({ layout, pipeline, ...inputs }, config),
    inputs ? describeEnvironment(pipeline.root, layout) : describeMachine(pipeline.root),
  ]);
  await writeAtomic(attempt.environment, jsonText(environment));
  if (kept !== undefined) await writeAtomic(attempt.inputs, jsonText(kept));
  await writeAtomic(run.config, config); // after what vouches for it
  await writeAtomic(run.pipeline, pipelineText(pipeline));
  return kept;
}

/**
 * Seals an attempt: what its stages came to, over what the attempt before it pointed at.
 * @param pipeline undefined where it cannot be read any more: then hashes of large inputs are not filled in
 */
export async function lockAttempt(
  { layout, pipeline, previous }: Pick<RecorderOptions, 'layout' | 'previous'> & { pipeline: Pipeline | undefined },
  kept: AttemptInputs | undefined,
  { configHash, attempt }: AttemptId,
  { status, stages }: Pick<AttemptLock, 'status' | 'stages'>,
): Promise<void> {
  const inputs = kept && pipeline && (await withHashes(kept, { layout, pipeline }, stages));
  if (inputs !== undefined && inputs !== kept)
    await writeAtomic(layout.run(configHash).attempt(attempt).inputs, jsonText(inputs));
  const all = { ...previous?.stages, ...stages };
  await writeAttemptLock(layout, { format: 1, configHash, attempt, status, stages: all });
}

export function attemptFiles(layout: Layout, id: AttemptId): AttemptFiles {
  const at = layout.run(id.configHash).attempt(id.attempt);
  return { id, name: attemptName(id), log: at.log, series: at.series };
}

function runStarted({ pipeline, started }: RecorderOptions, id: AttemptId): RunStarted {
  const stages = [...pipeline.stages.values()].map((stage) => [stage.name, describeNode(stage)]);
  return {
    type: 'run-started',
    at: Date.now(),
    id,
    params: pipeline.params,
    stages: Object.fromEntries(stages),
    ...started,
  };
}

/** Params of kind `file`, which the recorded values alone do not tell. */
function filesNamed({ fileParams }: Pipeline): string[] {
  return fileParams.map(({ key }) => key);
}

function describeNode(stage: Stage): RunStarted['stages'][string] {
  return {
    params: stage.params,
    deps: upstream(stage),
    ...(stage.desc === undefined ? {} : { desc: stage.desc }),
    ...(Object.keys(stage.series).length === 0 ? {} : { series: stage.series }),
  };
}

/** `HASH@2`, as results name who made them. */
export const attemptName = ({ configHash, attempt }: AttemptId): string => `${short(configHash)}@${attempt}`;
