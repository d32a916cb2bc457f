/** What a study of the pipeline is known by where it goes on. */
import { hashJson } from '../hash.ts';
import { flatten, pickParams } from '../pipeline/param-tree.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { stagesInOrder } from '../plan/graph.ts';
import { searchIdentity } from './definition.ts';
import { type FinalSpec, type SweepSpec, sweptNames, targetsOf } from './spec.ts';

/** What makes two studies the same: with another space, metric or base, results do not belong together. */
export function studyIdentity(spec: SweepSpec): Readonly<Record<string, JsonValue>> {
  const stages = stagesInOrder(spec.pipeline, targetsOf(spec));
  const swept = sweptNames(spec);
  const base = flatten(pickParams(spec.pipeline.params, [...new Set(stages.flatMap((stage) => stage.params))]));
  const identity = {
    ...searchIdentity(spec),
    until: spec.until ?? null,
    ...(Object.keys(spec.overlaid).length === 0 ? {} : { overlays: overlaidParams(spec) }),
    ...(spec.pruner === undefined ? {} : { pruner: { ...spec.pruner, metric: spec.pruned } }),
    replicates: spec.replicates,
    ...(spec.minReplicates === spec.replicates.length ? {} : { racing: { start: spec.minReplicates } }),
    params: Object.fromEntries(Object.entries(base).filter(([name]) => !swept.has(name))),
    ...(spec.question === undefined ? {} : { question: spec.question }),
    ...(spec.splitBy === undefined ? {} : { split_by: spec.splitBy }),
    ...(spec.final === undefined ? {} : { final: finalWords(spec.final) }),
  };
  return JSON.parse(JSON.stringify(identity));
}

/** What the overlays of a study set, each as one hash: with another file of the same name it is another study. */
function overlaidParams({ overlaid }: SweepSpec): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(overlaid).map(([name, { changes }]) => [name, hashJson(changes)]));
}

/** What is on record of the final runs: tables tell it, and runs of another one do not belong with them. */
function finalWords({ until, per, replicates, top, set, bestSteps }: FinalSpec): Record<string, JsonValue> {
  const steps = bestSteps.map(({ param, stage, series }) => [param, `${stage}.${series}`] as const);
  return { until, per, replicates, top, set, best_step: Object.fromEntries(steps) };
}
