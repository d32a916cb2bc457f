/** Reads what stages measured: metrics files, and the lines of live series. */
import { readFile, stat } from 'node:fs/promises';
import { unlessStale } from '../store/files.ts';
import type { MetricValues, SeriesSummary } from '../store/published.ts';
import { linesOf } from './lines.ts';

export type MetricNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** A metrics file that is not one; the message says what is wrong with it. */
export class MetricsError extends Error {}

/** Numbers of a JSON file, nested keys joined with `.`; texts, booleans and lists are not metrics. */
export async function readMetricsFile(path: string): Promise<MetricValues> {
  const values = new Map<string, MetricNumber>(); // a name may be any, __proto__ too
  const visit = (name: string, value: unknown, depth: number): void => {
    const number = asNumber(value);
    if (number !== undefined) values.set(name, number);
    if (number !== undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return;
    if (depth > deepestNesting) throw new MetricsError('is nested too deeply');
    for (const [key, inner] of Object.entries(value)) visit(name === '' ? key : `${name}.${key}`, inner, depth + 1);
  };
  visit('', parseJson(await readText(path)), 0);
  if (values.size === 0) throw new MetricsError('holds no number');
  return Object.fromEntries(values);
}

const deepestNesting = 100;
const largestMebibytes = 64;

async function readText(path: string): Promise<string> {
  const at = await stat(path);
  if (at.isDirectory()) throw new MetricsError('is a folder');
  if (at.size > largestMebibytes * 2 ** 20) throw new MetricsError(`is larger than ${largestMebibytes} MiB`);
  return await unlessStale(() => readFile(path, 'utf8'));
}

/** One line of a series file, or undefined for progress and for anything that is no point. */
export function parsePoint(line: string): { step: number; values: Record<string, MetricNumber> } | undefined {
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

/** JSON as Python writes it too: with bare NaN and Infinity, which become texts. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) =>
      token.startsWith('"') ? token : `"${token}"`,
    );
    try {
      return JSON.parse(quoted);
    } catch (error) {
      throw new MetricsError(`is not JSON: ${(error as Error).message}`);
    }
  }
}

function asNumber(value: unknown): MetricNumber | undefined {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
  if (typeof value !== 'number') return undefined;
  if (Number.isFinite(value)) return value;
  return value > 0 ? 'Infinity' : '-Infinity'; // a number too large for a double: JSON would write it as null
}
