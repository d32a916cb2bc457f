/** A metrics file, read as the numbers that are kept of it. */
import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import type { RecordedNumber } from '../result-records.ts';
import { unlessStale } from './files.ts';

/** A metrics file that is not one; the message says what is wrong with it. */
export class MetricsError extends Error {}

/** Numbers of a JSON file, nested keys joined with `.`; texts, booleans and lists are not metrics. */
export async function readMetricsFile(path: string): Promise<Record<string, RecordedNumber>> {
  const values = new Map<string, RecordedNumber>(); // a name may be any, __proto__ too
  const visit = (name: string, value: unknown, depth: number): void => {
    const number = asNumber(value);
    if (number !== undefined && values.has(name)) throw new MetricsError(`holds two values of the name "${name}"`);
    if (number !== undefined) values.set(name, number);
    if (number !== undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return;
    if (depth >= deepestNesting) throw new MetricsError('is nested too deeply');
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
  const bytes = await unlessStale(() => readFile(path));
  if (!isUtf8(bytes)) throw new MetricsError('is not UTF-8 text');
  return bytes.toString('utf8');
}

/** JSON as Python writes it too: with bare NaN and Infinity, which become texts. */
export function parseJson(text: string): unknown {
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

export function asNumber(value: unknown): RecordedNumber | undefined {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
  if (typeof value !== 'number') return undefined;
  if (Number.isFinite(value)) return value;
  return value > 0 ? 'Infinity' : '-Infinity'; // a number too large for a double: JSON would write it as null
}
