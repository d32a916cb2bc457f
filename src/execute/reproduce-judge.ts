/** From what the stages came to this time to what is said of the attempt. */
import { upstream } from '../plan/graph.ts';
import { compareMetrics, compareOutputs, type StageComparison, type Verdict, verdictOf } from './reproduce-compare.ts';
import { type Drift, keyDrift } from './reproduce-drift.ts';
import type { StageCheck } from './reproduce-stage.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly stages: readonly StageComparison[];
  /** The first stage, in order, that did not come out with the same bytes. */
  readonly firstDifference?: string;
  readonly drift: readonly Drift[];
}

export interface JudgeOptions {
  readonly tolerance: number;
  /** What all stages share. */
  readonly environment: readonly Drift[];
  /** Dependencies that are not there, by stage: such a stage was not run. */
  readonly missing: ReadonlyMap<string, readonly Drift[]>;
}

/** @param checks in the order of stages */
export function judge(checks: readonly StageCheck[], options: JudgeOptions): Judgement {
  const own = new Map(checks.map((check) => [check.stage.name, ownDrift(check, options)]));
  const drifted = driftedStages(checks, own);
  const stages = checks.flatMap((check) => compareStage(check, drifted, options));
  const first = stages.find((stage) => !stage.identical)?.name;
  return {
    verdict: verdictOf(stages, (name) => dependents(checks, name)),
    stages,
    ...(first === undefined ? {} : { firstDifference: first }),
    drift: [...[...own.values()].flat(), ...options.environment],
  };
}

function ownDrift({ stage, recorded, key }: StageCheck, { missing }: JudgeOptions): readonly Drift[] {
  const absent = missing.get(stage.name) ?? [];
  if (recorded === undefined || key === undefined) return absent;
  const outputs = Object.entries(stage.deps).flatMap(([name, dep]) => (dep.kind === 'path' ? [] : [name]));
  return keyDrift(stage.name, recorded.lock.key, key.fingerprint, outputs);
}

/** Those that something from outside reached, itself or through what a stage before them came to this time. */
function driftedStages(checks: readonly StageCheck[], own: ReadonlyMap<string, readonly Drift[]>): Set<string> {
  const drifted = new Set<string>();
  for (const { stage, follows, alone } of checks) {
    const given = alone.failure?.kind === 'dependency-failed' ? upstream(stage) : follows;
    if ((own.get(stage.name) ?? []).length > 0 || given.some((name) => drifted.has(name))) drifted.add(stage.name);
  }
  return drifted;
}

/** Nothing for a stage that has no result on record, and was run for those after it. */
function compareStage(check: StageCheck, drifted: ReadonlySet<string>, options: JudgeOptions): StageComparison[] {
  const { recorded, alone, carried, key } = check;
  if (recorded === undefined) return [];
  const name = check.stage.name;
  const outputs = compareOutputs(recorded.lock, alone.lock);
  const metrics = compareMetrics(name, recorded.lock, carried.lock, options.tolerance);
  const failure = alone.failure ?? carried.failure;
  return [
    {
      name,
      state:
        options.missing.has(name) || failure?.kind === 'dependency-failed' ? 'not-run' : failure ? 'failed' : 'ended',
      identical: outputs.every((output) => output.identical),
      equalMetrics: failure === undefined && metrics.every((metric) => metric.equal),
      sameInputs: key?.hash === recorded.lock.fingerprint && options.environment.length === 0,
      drifted: drifted.has(name),
      ...{ outputs, metrics },
      ...(failure === undefined || options.missing.has(name) ? {} : { failure }), // the drift tells what it misses
    },
  ];
}

/** All stages that depend on one, itself among them. */
function dependents(checks: readonly StageCheck[], name: string): ReadonlySet<string> {
  const found = new Set([name]);
  for (const { stage } of checks) if (upstream(stage).some((before) => found.has(before))) found.add(stage.name);
  return found;
}
