/** The stages of many runs: what those of one name have in common is there once, what a result is once for all its runs. */
import type { ComparedRun, ComparedStage } from './comparison.ts';
import { shortHash, wholeHash } from './short-hashes.ts';

export interface PackedStages {
  readonly shapes: readonly Shape[];
  readonly results: readonly Result[];
  /** For each run its stages: places among the results, when each began and how long it took in that run. */
  readonly ofRuns: readonly (readonly (readonly [
    result: number,
    startedMs: number | null,
    durationMs: number | null,
  ])[])[];
}

type Shape = Omit<ComparedStage, 'fingerprint' | 'startedMs' | 'durationMs' | 'executionMs' | 'outputs'> & {
  readonly outputs: readonly (readonly [name: string, path: string])[];
};

type Result = readonly [
  shape: number,
  fingerprint: string | null,
  executionMs: number | null,
  outputs: readonly (readonly [hash: string, size: number])[],
];

export function packedStages(runs: readonly ComparedRun[]): PackedStages {
  const [shapes, results] = [pool<Shape>(), pool<Result>()];
  const ofRuns = runs.map(({ stages }) =>
    stages.map(({ fingerprint, startedMs, durationMs, executionMs, outputs, ...rest }) => {
      const shape = shapes.placeOf({ ...rest, outputs: outputs.map(({ name, path }) => [name, path]) });
      const made = outputs.map(({ hash, size }) => [shortHash(hash), size] as const);
      const key = fingerprint === null ? null : shortHash(fingerprint);
      return [results.placeOf([shape, key, executionMs, made]), startedMs, durationMs] as const;
    }),
  );
  return { shapes: shapes.all, results: results.all, ofRuns };
}

export function unpackedStages({ shapes, results, ofRuns }: PackedStages): (run: number) => ComparedStage[] {
  const known = new Map<number, StageOfAny>();
  const stageOf = (result: number): StageOfAny => {
    const stage = known.get(result) ?? unpackedStage(results[result] as Result, shapes);
    known.set(result, stage);
    return stage;
  };
  return (run) =>
    (ofRuns[run] ?? []).map(([result, startedMs, durationMs]) => ({ ...stageOf(result), startedMs, durationMs }));
}

type StageOfAny = Omit<ComparedStage, 'startedMs' | 'durationMs'>;

function unpackedStage([shape, fingerprint, executionMs, made]: Result, shapes: readonly Shape[]): StageOfAny {
  const { outputs, ...rest } = shapes[shape] as Shape;
  return {
    ...rest,
    ...{ executionMs, fingerprint: fingerprint === null ? null : wholeHash(fingerprint) },
    outputs: outputs.map(([name, path], at) => {
      const [hash = '', size = 0] = made[at] ?? [];
      return { name, path, hash: wholeHash(hash), size };
    }),
  };
}

/** Each different value once. */
function pool<Value>() {
  const places = new Map<string, number>();
  const all: Value[] = [];
  return {
    all,
    placeOf: (value: Value): number => {
      const key = JSON.stringify(value);
      const place = places.get(key) ?? all.push(value) - 1;
      places.set(key, place);
      return place;
    },
  };
}
