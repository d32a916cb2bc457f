/** What a run would do, with all that its record needs: see predict.ts. */
import type { Diagnostic } from '../../errors.ts';
import type { ConfigHash, FingerprintHash } from '../../hash.ts';
import type { Pipeline, Stage } from '../../pipeline/types.ts';
import { configHashOf } from '../../plan/config-hash.ts';
import { stagesInOrder } from '../../plan/graph.ts';
import type { Surveyed } from '../../plan/surroundings.ts';
import { type AttemptLock, newestLock } from '../../store/attempts.ts';
import { usePublished } from '../../store/in-use.ts';
import type { Layout } from '../../store/layout.ts';
import { type HashMemo, openMemo } from '../../store/memo.ts';
import type { StageLock } from '../../store/published.ts';
import { predictStages } from '../predict.ts';
import { surveyAll } from '../survey-all.ts';

export interface Looked {
  readonly configHash: ConfigHash;
  readonly previous: AttemptLock | undefined;
  readonly memo: HashMemo;
  readonly surveys: ReadonlyMap<string, Surveyed>;
  readonly warnings: readonly Diagnostic[];
  /** Dependencies first. */
  readonly stages: readonly Stage[];
  readonly known: readonly { readonly name: string; readonly outcome: 'fresh' | 'cached'; readonly lock: StageLock }[];
  /** Stages that will or may run. */
  readonly pending: readonly Stage[];
  /** Of those of them whose keys can be told. */
  readonly keys: Readonly<Record<string, FingerprintHash>>;
}

export interface LookingAt {
  readonly pipeline: Pipeline;
  readonly layout: Layout;
  readonly targets: readonly string[];
  readonly force: boolean;
}

/** Throws {@link UserError} with every mistake found, and writes nothing but what it learnt of hashes. */
export async function lookAt({ pipeline, layout, targets, force }: LookingAt): Promise<Looked> {
  const stages = stagesInOrder(pipeline, targets);
  const memo = await openMemo(layout.memo);
  const surveys = await surveyAll(pipeline, stages, layout, memo);
  const configHash = configHashOf(pipeline);
  const previous = await newestLock(layout, configHash);
  const predicted = await predictStages({ pipeline, layout, memo, previous, force }, stages, surveys);
  await memo.save();
  const known: Looked['known'][number][] = [];
  for (const { name, outcome, lock } of predicted)
    if (lock !== undefined && (outcome === 'fresh' || outcome === 'cached')) {
      await usePublished(layout, lock.fingerprint, memo); // marked, so that it is not collected under who waits for it
      known.push({ name, outcome, lock });
    }
  const names = new Set(known.map(({ name }) => name));
  const pending = stages.filter(({ name }) => !names.has(name));
  const keys = predicted.flatMap(({ name, fingerprint }) =>
    fingerprint === undefined || names.has(name) ? [] : [[name, fingerprint] as const],
  );
  const warnings = [...pipeline.warnings, ...[...surveys.values()].flatMap((surveyed) => surveyed.warnings)];
  return { configHash, previous, memo, surveys, warnings, stages, known, pending, keys: Object.fromEntries(keys) };
}
