/**
 * A comparison as the page carries it: a column for each field, param and metric, and once what many runs share, so that
 * thousands of runs stay a file one can send. `unpacked(packed(c))` is `c`.
 */
import type { JsonValue } from '../pipeline/types.ts';
import type { ComparedRun, ComparedSeries, Comparison } from './comparison.ts';
import { namesIn } from './names-in.ts';
import { type PackedStages, packedStages, unpackedStages } from './packed-stages.ts';
import { shortHash, wholeHash } from './short-hashes.ts';

export interface PackedComparison extends Omit<Comparison, 'runs' | 'format'> {
  readonly format: 2;
  readonly count: number;
  readonly hashes: readonly string[];
  /** Field → its value in each run. */
  readonly fields: Readonly<Record<string, Column>>;
  readonly params: Readonly<Record<string, Column>>;
  readonly metrics: Comparison['metrics'];
  readonly metricColumns: Readonly<Record<string, MetricColumns>>;
  readonly seriesColumns: Readonly<Record<string, SeriesColumns>>;
  readonly stages: PackedStages;
}

/** Values of all runs; each distinct one once, where that is shorter. A place of −1 is a run that has none. */
export type Column =
  | { readonly all: readonly JsonValue[] }
  | { readonly of: readonly JsonValue[]; readonly at: readonly number[] };

interface MetricColumns {
  readonly value: Column;
  readonly text: Column;
  readonly group: Column;
}

interface SeriesColumns {
  readonly steps: Column;
  readonly values: Column;
  readonly points: Column;
}

const plainFields = [
  ...['attempt', 'status', 'startedAt', 'durationMs', 'tags', 'note', 'pinned', 'nondeterministic'],
  ...['study', 'trial', 'unused', 'olderCode', 'isBrief', 'environment', 'reproduce', 'reproduced'],
] as const;

export function packed({ runs, format: _, ...rest }: Comparison): PackedComparison {
  return {
    ...rest,
    ...{ format: 2, count: runs.length },
    hashes: runs.map(({ configHash }) => shortHash(configHash)),
    fields: namedColumns(plainFields, (name) =>
      runs.map((run) => run[name as keyof ComparedRun] as JsonValue | undefined),
    ),
    params: namedColumns(namesIn(runs, 'params'), (name) => runs.map((run) => own(run.params, name))),
    metricColumns: named(namesIn(runs, 'metrics'), (name) => {
      const found = runs.map((run) => own(run.metrics, name));
      return {
        value: column(found.map((metric) => metric?.value)),
        text: column(found.map((metric) => metric?.text)),
        group: column(found.map((metric) => metric?.group)),
      };
    }),
    seriesColumns: named(namesIn(runs, 'series'), (name) => seriesColumns(runs.map((run) => own(run.series, name)))),
    stages: packedStages(runs),
  };
}

/**
 * The stages of a run are made when they are asked for, each time anew.
 * Maps of names have no prototype: names are the users', and `constructor` is found in the runs that set it alone.
 */
export function unpacked(comparison: PackedComparison): Comparison {
  const { count, hashes, fields, params, metricColumns, seriesColumns, stages, format: _, ...rest } = comparison;
  const stagesOf = unpackedStages(stages);
  const plain = cellsOf(fields);
  const [ofParams, ofMetrics, ofSeries] = [cellsOf(params), partsOf(metricColumns), partsOf(seriesColumns)];
  const runs = Array.from({ length: count }, (_, run) => ({
    ...(filled(plain, run) as unknown as ComparedRun),
    configHash: wholeHash(hashes[run] ?? ''),
    get stages() {
      return stagesOf(run);
    },
    params: filled(ofParams, run),
    metrics: filledParts(ofMetrics, run, 'group') as ComparedRun['metrics'],
    series: filledParts(ofSeries, run, 'points') as unknown as ComparedRun['series'],
  }));
  for (const map of [rest.metrics, rest.series, rest.groups, rest.previews ?? {}]) Object.setPrototypeOf(map, null);
  return { ...rest, format: 1, runs };
}

function seriesColumns(found: readonly (ComparedSeries | undefined)[]): SeriesColumns {
  return {
    steps: column(found.map((series) => series?.steps)),
    values: column(found.map((series) => series?.values)),
    points: column(found.map((series) => series?.points)),
  };
}

function column(values: readonly (JsonValue | undefined)[]): Column {
  const places = new Map<string, number>();
  const of: JsonValue[] = [];
  const at = values.map((value) => {
    if (value === undefined) return -1;
    const key = JSON.stringify(value);
    const place = places.get(key) ?? of.push(value) - 1;
    places.set(key, place);
    return place;
  });
  const isWhole = values.every((value) => value !== undefined);
  return isWhole && of.length > 0.7 * values.length ? { all: values as JsonValue[] } : { of, at };
}

function valueAt(of: Column, run: number): JsonValue | undefined {
  if ('all' in of) return of.all[run];
  const place = of.at[run] ?? -1;
  return place < 0 ? undefined : of.of[place];
}

type Cells = readonly (readonly [name: string, column: Column])[];
type Parts = readonly (readonly [name: string, parts: Cells])[];

const cellsOf = (columns: object): Cells => Object.entries(columns);
const partsOf = (named: object): Parts => Object.entries(named).map(([name, parts]) => [name, cellsOf(parts)]);

function filled(cells: Cells, run: number): Record<string, JsonValue> {
  const map: Record<string, JsonValue> = Object.create(null);
  for (const [name, of] of cells) {
    const value = valueAt(of, run);
    if (value !== undefined) map[name] = value;
  }
  return map;
}

/** @param always a part that whatever is there has */
function filledParts(named: Parts, run: number, always: string): Record<string, Record<string, JsonValue>> {
  const map: Record<string, Record<string, JsonValue>> = Object.create(null);
  for (const [name, parts] of named) {
    const found = filled(parts, run);
    if (found[always] !== undefined) map[name] = found;
  }
  return map;
}

/** Entries, as a name may be `__proto__`. */
function named<Value>(names: readonly string[], of: (name: string) => Value): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}

function namedColumns(names: readonly string[], valuesOf: (name: string) => readonly (JsonValue | undefined)[]) {
  return named(names, (name) => column(valuesOf(name)));
}

function own<Value>(map: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
