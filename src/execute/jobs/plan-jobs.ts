/**
 * Which jobs a run becomes: one for each stage that may have to run, and one array for instances of a stage that ask for
 * the same and wait for the same. Pure: it knows the stages, and nothing of a queue.
 */
import type { Resources, Stage } from '../../pipeline/types.ts';
import { upstream } from '../../plan/graph.ts';
import type { JobUnit, WaitsFor } from '../../slurm/submissions.ts';

/** Slurm's MaxArraySize is 1001 where nobody raised it: the highest index is one less. */
const longestArray = 1000;

/** @param pending stages without a known result, dependencies first */
export function planJobs(pending: readonly Stage[]): JobUnit[] {
  const plan: Plan = { pending: new Set(pending.map(({ name }) => name)), units: [], unitOf: new Map() };
  for (const stage of pending) {
    if (plan.unitOf.has(stage.name)) continue;
    for (const array of arraysOf(plan, readyWith(plan, pending, stage))) add(plan, array);
  }
  return plan.units;
}

/** Instances of its group that may be planned with it; one that waits for others through another stage comes later. */
function readyWith(plan: Plan, pending: readonly Stage[], stage: Stage): Stage[] {
  if (stage.group === undefined) return [stage];
  const left = pending.filter(({ group, name }) => group === stage.group && !plan.unitOf.has(name));
  return left.filter((one) => waitsFor(plan, one).every((name) => plan.unitOf.has(name)));
}

interface Plan {
  readonly pending: ReadonlySet<string>;
  readonly units: JobUnit[];
  /** Stage → its unit and, in an array, its index there. */
  readonly unitOf: Map<string, { readonly unit: JobUnit; readonly at: number }>;
}

interface Together {
  readonly stages: readonly Stage[];
  readonly after: readonly WaitsFor[];
}

/** Instances that may be one array each: they ask for the same, and all wait for the same or each for its like. */
function arraysOf(plan: Plan, alike: readonly Stage[]): Together[] {
  const sameShape = groupedBy(alike, (stage) => JSON.stringify([asked(stage.resources), shapeOf(plan, stage)]));
  return sameShape.flatMap(inPieces).flatMap((stages) => {
    const [first] = stages;
    if (first === undefined) return [];
    const each = stages.length === 1 ? undefined : eachAfterItsLike(plan, stages);
    if (each !== undefined) return [{ stages, after: each }];
    return groupedBy(stages, (stage) => JSON.stringify(waitsFor(plan, stage))).map((same) => ({
      stages: same,
      after: compressed(plan, waitsFor(plan, same[0] ?? first)),
    }));
  });
}

function add(plan: Plan, { stages, after }: Together): void {
  const [first] = stages;
  if (first === undefined) return;
  const isTaken = plan.units.some((unit) => unit.name === first.group);
  const name = stages.length === 1 || isTaken ? first.name : (first.group ?? first.name);
  const unit: JobUnit = { name, stages: stages.map((stage) => stage.name), resources: asked(first.resources), after };
  plan.units.push(unit);
  for (const [at, stage] of stages.entries()) plan.unitOf.set(stage.name, { unit, at });
}

/** What a queue is asked for: a mutex is the stages' own matter. */
function asked({ cpus, memoryBytes, timeMs, gpus }: Resources): JobUnit['resources'] {
  return {
    cpus,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(gpus === undefined || gpus === 0 ? {} : { gpus }),
  };
}

/** Stages it waits for: those upstream that have no result yet. */
function waitsFor(plan: Plan, stage: Stage): string[] {
  return upstream(stage).filter((name) => plan.pending.has(name));
}

/** Which jobs it waits for, whichever task of an array it is. */
function shapeOf(plan: Plan, stage: Stage): string[] {
  return [...new Set(waitsFor(plan, stage).map((name) => plan.unitOf.get(name)?.unit.name ?? name))].sort();
}

/**
 * Where each waits for the task of its own index in another array, and for the rest all alike: Slurm lets a task begin
 * when its like has ended well, and leaves the others alone.
 */
function eachAfterItsLike(plan: Plan, stages: readonly Stage[]): WaitsFor[] | undefined {
  const waits = stages.map((stage) => waitsFor(plan, stage));
  const common = (waits[0] ?? []).filter((name) => waits.every((names) => names.includes(name)));
  const own = waits.map((names) => names.filter((name) => !common.includes(name)));
  const arrays = new Set(own.flat().map((name) => plan.unitOf.get(name)?.unit));
  if (arrays.size === 0) return undefined;
  for (const array of arrays)
    if (array === undefined || array.stages.length !== stages.length) return undefined;
    else if (own.some((names, at) => !names.includes(array.stages[at] ?? ''))) return undefined;
  if (own.some((names) => names.length !== arrays.size)) return undefined;
  const each = [...arrays].flatMap((array) => (array === undefined ? [] : [{ unit: array.name, each: true } as const]));
  return [...compressed(plan, common), ...each];
}

/** All tasks of an array as the array. */
function compressed(plan: Plan, names: readonly string[]): WaitsFor[] {
  const tasks = new Map<JobUnit, number[]>();
  for (const name of names) {
    const found = plan.unitOf.get(name);
    if (found === undefined) throw new Error(`${name} is waited for and has no job yet`);
    tasks.set(found.unit, [...(tasks.get(found.unit) ?? []), found.at]);
  }
  return [...tasks].map(([unit, at]) =>
    at.length === unit.stages.length ? { unit: unit.name } : { unit: unit.name, tasks: at.sort((a, b) => a - b) },
  );
}

function groupedBy<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()];
}

function inPieces(stages: Stage[]): Stage[][] {
  const pieces: Stage[][] = [];
  for (let at = 0; at < stages.length; at += longestArray) pieces.push(stages.slice(at, at + longestArray));
  return pieces;
}
