/** Numbers, times and values as a person reads them. */
import { exactNumber, formatDuration, formatNumber } from '../../logging/numbers.ts';
import type { JsonValue } from '../../pipeline/types.ts';
import type { ComparedRun } from '../comparison.ts';

/** How many decimals give the largest value four digits, so that a column's points stand under each other. */
export function decimalsOf(values: readonly number[]): number {
  if (values.every(Number.isInteger)) return 0;
  const largest = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  return Math.min(8, Math.max(0, 3 - Math.floor(Math.log10(largest))));
}

/** With so many decimals; in full where these are too few to show anything, or the number too long. */
export function fixedText(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return (Number(text) === 0 && value !== 0) || Math.abs(value) >= 1e6 ? formatNumber(value) : text;
}

export function durationText(ms: number | null): string {
  return ms === null ? '' : formatDuration(ms);
}

/** A setting as it was set. */
export function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return exactNumber(value);
  if (Array.isArray(value)) return `[${value.map((item) => valueText(item as JsonValue)).join(', ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Made once, a collator is many times as fast as `localeCompare`. */
const collator = new Intl.Collator(undefined, { numeric: true });

/** Numbers by size and before texts, texts with numbers in them by these. */
export function byNumbers(a: string, b: string): number {
  const [x, y] = [numberIn(a), numberIn(b)];
  if (x !== undefined && y !== undefined) return x - y;
  if (x === undefined && y === undefined) return collator.compare(a, b);
  return x === undefined ? 1 : -1;
}

function numberIn(text: string): number | undefined {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? undefined : number;
}

/** The local date and time, to the minute. */
export function timeText(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

export const short = (hash: string) => hash.slice(0, 12);

export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** One execution; two attempts of a config are two runs. */
export const runId = (run: ComparedRun) => `${run.configHash}@${run.attempt}`;

/** The same as people name it, and commands take it: `5f1c77ab01cd@2`. */
export const runName = (run: ComparedRun) => `${short(run.configHash)}@${run.attempt}`;

const longestValue = 32;

/** What tells a run in few words: `loss wgan · hidden 64`; empty where it has none of the params. */
export function settingsText(run: ComparedRun, params: readonly string[], words: ParamWords): string {
  return params
    .filter((param) => run.params[param] !== undefined)
    .map((param) => cut(paramWords(param, run.params[param], words), 2 * longestValue))
    .join(' · ');
}

/** `hidden 64`; of a param that divides a study into arms, where it is a word, that word alone. */
export function paramWords(
  param: string,
  value: JsonValue | undefined,
  { paramName, paramText, arms }: ParamWords,
): string {
  const text = paramText(param, value);
  if (arms.includes(param) && typeof value === 'string' && value !== '') return text;
  return `${cut(paramName(param), longestValue)} ${text}`.trim();
}

export interface ParamWords {
  /** Params whose values divide the study into arms. */
  readonly arms: readonly string[];
  paramName(name: string): string;
  paramText(name: string, value: JsonValue | undefined): string;
}

/** The values alone, for where there is little room. */
export function settingsShort(run: ComparedRun, params: readonly string[], { paramText }: ParamWords): string {
  const values = params.filter((param) => run.params[param] !== undefined);
  return values.map((param) => cut(paramText(param, run.params[param]), longestValue)).join(' · ');
}
