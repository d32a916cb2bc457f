/** Reads what stages report while they run: the lines of live series. */
import type { RecordedNumber } from '../result-records.ts';
import { asNumber, parseJson } from '../store/metrics-file.ts';
import type { SeriesSummary } from '../store/published.ts';
import { linesOf } from './lines.ts';

/** One line of a series file, or undefined for progress and for anything that is no point. */
export function parsePoint(line: string): { step: number; values: Record<string, RecordedNumber> } | undefined {
  const parsed = lineObject(line);
  const step = parsed?.step;
  if (parsed === undefined || typeof step !== 'number' || !Number.isFinite(step)) return undefined;
  const values = Object.entries(parsed).flatMap(([name, value]) => {
    const number = asNumber(value);
    return name === 'step' || number === undefined ? [] : [[name, number] as const];
  });
  return { step, values: Object.fromEntries(values) };
}

export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly unit?: string;
}

export function parseProgress(line: string): Progress | undefined {
  const progress = lineObject(line)?.progress as Partial<Progress> | undefined;
  if (typeof progress?.done !== 'number') return undefined;
  return {
    done: progress.done,
    ...(typeof progress.total === 'number' ? { total: progress.total } : {}),
    ...(typeof progress.unit === 'string' ? { unit: progress.unit } : {}),
  };
}

/** Reads a series file to its summaries; a missing file is a stage that reported nothing. */
export async function summariseSeries(path: string): Promise<Record<string, SeriesSummary>> {
  const summaries = new Map<string, SeriesSummary>();
  for await (const line of linesOf(path)) {
    const point = parsePoint(line);
    if (point === undefined) continue;
    for (const [name, value] of Object.entries(point.values))
      summaries.set(name, withPoint(summaries.get(name), { value, step: point.step }));
  }
  return Object.fromEntries(summaries);
}

function withPoint(summary: SeriesSummary | undefined, point: SeriesSummary['last']): SeriesSummary {
  const { min, max, count } = summary ?? { count: 0 };
  const finite = typeof point.value === 'number';
  const lowest = finite && (min === undefined || point.value < Number(min.value)) ? point : min;
  const highest = finite && (max === undefined || point.value > Number(max.value)) ? point : max;
  return {
    count: count + 1,
    last: point,
    ...(lowest === undefined ? {} : { min: lowest }),
    ...(highest === undefined ? {} : { max: highest }),
  };
}

function lineObject(line: string): Record<string, unknown> | undefined {
  if (line.trim() === '') return undefined;
  try {
    const value = parseJson(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // a line still being written, or one that is not ours
  }
}
