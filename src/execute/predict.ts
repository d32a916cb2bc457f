/** What `run` would do, without doing it. Reads what `run` reads, and runs nothing. */

import type { Diagnostic } from '../errors.ts';
import { isNothing } from '../events.ts';
import type { ConfigHash, FingerprintHash } from '../hash.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { configHashOf } from '../plan/config-hash.ts';
import { type FieldChange, type Fingerprint, fingerprintChanges } from '../plan/fingerprint.ts';
import { stagesInOrder, upstream } from '../plan/graph.ts';
import type { Surveyed } from '../plan/surroundings.ts';
import { type AttemptLock, hasResult, newestLock } from '../store/attempts.ts';
import type { Layout } from '../store/layout.ts';
import { type HashMemo, openMemo } from '../store/memo.ts';
import { findPublished, type StageLock } from '../store/published.ts';
import { keyOf, type StageKey } from './inputs.ts';
import { type PastKeys, pastKeys } from './nearest-key.ts';
import { surveyAll } from './survey-all.ts';

export interface StagePrediction {
  readonly name: string;
  /** `ran`: it will run; `unknown`: it may, as one it depends on will. */
  readonly outcome: 'fresh' | 'cached' | 'ran' | 'unknown';
  readonly fingerprint?: FingerprintHash;
  /** The key in full; absent where what goes in is not known yet. */
  readonly key?: Fingerprint;
  /** The result that is known. */
  readonly lock?: StageLock;
  readonly why: readonly Reason[];
}

export type Reason =
  | { readonly kind: 'changed'; readonly change: FieldChange; readonly since: string }
  | { readonly kind: 'always' }
  | { readonly kind: 'forced' }
  | { readonly kind: 'never-run' }
  | { readonly kind: 'result-gone'; readonly since: string }
  /** It came to nothing under this very key. */
  | { readonly kind: 'failed' | 'cancelled' | 'pruned'; readonly since: string }
  | { readonly kind: 'upstream'; readonly stage: string };

export interface Prediction {
  readonly configHash: ConfigHash;
  readonly stages: readonly StagePrediction[];
  readonly warnings: readonly Diagnostic[];
}

export interface PredictOptions {
  readonly targets?: readonly string[];
  /** Of a run that runs every stage again. */
  readonly force?: boolean;
}

export async function predict(
  pipeline: Pipeline,
  layout: Layout,
  { targets, force = false }: PredictOptions = {},
): Promise<Prediction> {
  const stages = stagesInOrder(pipeline, targets);
  const memo = await openMemo(layout.memo);
  const surveys = await surveyAll(pipeline, stages, layout, memo);
  const configHash = configHashOf(pipeline);
  const previous = await newestLock(layout, configHash);
  const predictions = await predictStages({ pipeline, layout, memo, previous, force }, stages, surveys);
  await memo.save();
  const warnings = [...surveys.values()].flatMap((surveyed) => surveyed.warnings);
  return { configHash, stages: predictions, warnings: [...pipeline.warnings, ...warnings] };
}

/** @param stages dependencies first */
export async function predictStages(
  looking: Omit<Context, 'past'>,
  stages: readonly Stage[],
  surveys: ReadonlyMap<string, Surveyed>,
): Promise<StagePrediction[]> {
  const context = { ...looking, past: pastKeys(looking.layout, looking.previous) };
  const known = new Map<string, StageLock>();
  const predictions: StagePrediction[] = [];
  for (const stage of stages)
    predictions.push(await predictStage(context, stage, surveys.get(stage.name) as Surveyed, known));
  return predictions;
}

interface Context {
  readonly pipeline: Pipeline;
  readonly layout: Layout;
  readonly memo: HashMemo;
  readonly previous: AttemptLock | undefined;
  readonly past: PastKeys;
  readonly force: boolean;
}

async function predictStage(
  context: Context,
  stage: Stage,
  surveyed: Surveyed,
  known: Map<string, StageLock>,
): Promise<StagePrediction> {
  const { name } = stage;
  if (context.force) return { name, outcome: 'ran', why: [{ kind: 'forced' }] };
  const waitsFor = upstream(stage).filter((before) => !known.has(before));
  if (waitsFor.length > 0)
    return { name, outcome: 'unknown', why: waitsFor.map((before) => ({ kind: 'upstream', stage: before })) };
  if (stage.always) return { name, outcome: 'ran', why: [{ kind: 'always' }] };
  const key = await keyOf(context.pipeline, stage, surveyed, known, context.memo, '');
  const lock = await findPublished(context.layout, key.hash, context.memo);
  if (lock === undefined) return { name, outcome: 'ran', ...keyed(key), why: await reasons(context, stage, key) };
  known.set(name, lock);
  const fresh = hasResult(context.previous, name, key.hash);
  return { name, outcome: fresh ? 'fresh' : 'cached', ...keyed(key), lock, why: [] };
}

const keyed = ({ hash, fingerprint }: StageKey) => ({ fingerprint: hash, key: fingerprint });

/** What came of this very key, or else against the nearest key it had in an earlier run: the one with the fewest fields changed. */
async function reasons({ past }: Context, stage: Stage, key: StageKey): Promise<Reason[]> {
  const last = await past.last(stage.name, key.hash);
  if (last !== undefined) {
    return [{ kind: isNothing(last.outcome) ? last.outcome : 'result-gone', since: last.run }];
  }
  const nearest = await past.nearest(stage.name, key.fingerprint);
  if (nearest === undefined) return [{ kind: 'never-run' }];
  const changes = fingerprintChanges(nearest.key, key.fingerprint);
  if (changes.length === 0) return [{ kind: 'result-gone', since: nearest.run }];
  return changes.map((change) => ({ kind: 'changed', change, since: nearest.run }));
}
