/**
 * Runs a past attempt again in a store where nothing is known, and compares what comes out with what was recorded:
 * same bytes, equal metrics only, or different; and whether what went in is still the same.
 */
import { rm } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import type { AttemptId, RunReproduced, Sink } from '../events.ts';
import { short } from '../hash.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { type FieldChange, fingerprintChanges } from '../plan/fingerprint.ts';
import { openJournal } from '../record/journal.ts';
import type { AttemptLock } from '../store/attempts.ts';
import { newNonce, readJson } from '../store/files.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import type { MetricValues, StageLock } from '../store/published.ts';
import { type RunResult, run } from './run.ts';

export interface StageComparison {
  readonly name: string;
  readonly identical: boolean;
  readonly equalMetrics: boolean;
  readonly outputs: readonly {
    readonly name: string;
    readonly recorded: string;
    readonly reproduced: string;
    readonly identical: boolean;
  }[];
}

export interface Reproduction {
  readonly id: AttemptId;
  readonly verdict: RunReproduced['verdict'];
  readonly stages: readonly StageComparison[];
  /** What went in and is not what it was: code, packages, runtime, files. */
  readonly drift: readonly { readonly stage: string; readonly change: FieldChange }[];
  /** Where the reproduced outputs are kept, when they came out different. */
  readonly kept?: string;
}

export interface ReproduceRequest {
  readonly pipeline: Pipeline;
  readonly layout: Layout;
  readonly id: AttemptId;
  readonly jobs?: number;
  readonly sink: Sink;
  readonly signal?: AbortSignal;
}

/** @returns undefined where it was interrupted: what was not run to its end says nothing, and leaves nothing */
export async function reproduce(request: ReproduceRequest): Promise<Reproduction | undefined> {
  const { layout, id } = request;
  const recorded = await recordedStages(layout, id);
  const aside = layout.reproduction(`${short(id.configHash)}@${id.attempt}-${newNonce()}`);
  const { jobs, signal, pipeline, sink } = request;
  const result = await run({
    ...{ pipeline, sink, layout: layoutOf(aside), targets: [...recorded.keys()] },
    ...(jobs === undefined ? {} : { jobs }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.status === 'cancelled') {
    await rm(aside, { recursive: true, force: true });
    return undefined;
  }
  const reproduction = judge(id, recorded, result, aside);
  await recordVerdict(layout, reproduction);
  if (reproduction.kept === undefined) await rm(aside, { recursive: true, force: true });
  return reproduction;
}

async function recordedStages(layout: Layout, id: AttemptId): Promise<Map<string, StageLock>> {
  const attempt = await readJson<AttemptLock>(layout.run(id.configHash).attempt(id.attempt).lock);
  const stages = new Map<string, StageLock>();
  for (const [name, { fingerprint }] of Object.entries(attempt?.stages ?? {})) {
    if (fingerprint === undefined) continue;
    const lock = await readJson<StageLock>(layout.stage(fingerprint).lock);
    if (lock !== undefined) stages.set(name, lock);
  }
  if (stages.size > 0) return stages;
  throw new UserError(
    `run ${short(id.configHash)}@${id.attempt} has no recorded result to compare with`,
    `run it again: retrial run -c runs/${id.configHash}/config.yaml`,
  );
}

function judge(
  id: AttemptId,
  recorded: ReadonlyMap<string, StageLock>,
  result: RunResult,
  aside: string,
): Reproduction {
  const pairs = result.stages.flatMap(({ name, lock }) => {
    const before = recorded.get(name);
    return before === undefined || lock === undefined ? [] : [{ name, before, after: lock }];
  });
  const stages = pairs.map(({ name, before, after }) => compareStage(name, before, after));
  const drift = pairs.flatMap(({ name, before, after }) => driftOf(name, before, after));
  const verdict = verdictOf(result, stages, drift.length > 0);
  return { id, verdict, stages, drift, ...(verdict === 'identical' ? {} : { kept: aside }) };
}

function verdictOf(result: RunResult, stages: readonly StageComparison[], drifted: boolean): Reproduction['verdict'] {
  if (result.status !== 'complete') return 'failed';
  if (stages.every((stage) => stage.identical)) return 'identical';
  if (drifted) return 'drifted';
  return stages.every((stage) => stage.equalMetrics) ? 'equal-metrics' : 'different';
}

function compareStage(name: string, before: StageLock, after: StageLock): StageComparison {
  const outputs = Object.entries(before.outputs).map(([output, { hash }]) => {
    const reproduced = after.outputs[output]?.hash ?? '';
    return { name: output, recorded: hash, reproduced, identical: hash === reproduced };
  });
  return {
    name,
    identical: outputs.every((output) => output.identical),
    equalMetrics: Object.entries(before.metrics).every(([file, values]) =>
      sameValues(values, after.metrics[file] ?? {}),
    ),
    outputs,
  };
}

function sameValues(a: MetricValues, b: MetricValues): boolean {
  return Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]);
}

/** Differences of the keys, other than that an output upstream came out different. */
function driftOf(stage: string, before: StageLock, after: StageLock): { stage: string; change: FieldChange }[] {
  const changes = fingerprintChanges(before.key, after.key);
  return changes.filter(({ field }) => !field.startsWith('deps.')).map((change) => ({ stage, change }));
}

async function recordVerdict(layout: Layout, { id, verdict, stages }: Reproduction): Promise<void> {
  const journal = openJournal(layout.journals);
  const first = stages.find((stage) => !stage.identical)?.name;
  journal.append({
    ...{ type: 'run-reproduced', at: Date.now(), id, verdict },
    ...(first === undefined ? {} : { firstDifference: first }),
  });
  await journal.close();
}
