/** Numbers, times and values as a person reads them. */
import type { JsonValue } from '../../pipeline/types.ts';
import type { ComparedRun } from '../comparison.ts';

export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2).replace('e+', 'e');
  return value.toPrecision(4);
}

export function durationText(ms: number | null): string {
  if (ms === null) return '';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  let value = bytes;
  for (; value >= 1024 && at < units.length - 1; at++) value /= 1024;
  return `${at === 0 ? value : value.toFixed(1)} ${units[at]}`;
}

export function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return plainNumber(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A setting as it was set: no digits added, none taken. */
function plainNumber(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && size < 1e-3 ? value.toExponential().replace('e+', 'e') : String(value);
}

/** The local date and time, to the minute. */
export function timeText(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

export const short = (hash: string) => hash.slice(0, 12);

/** What tells a run in few words: `loss wgan · hidden 64`, else its hash. */
export function runLabel(run: ComparedRun, params: readonly string[], names: ReadonlyMap<string, string>): string {
  const words = params
    .filter((name) => run.params[name] !== undefined)
    .slice(0, 6)
    .map((name) => `${names.get(name) ?? name} ${valueText(run.params[name])}`);
  return words.length === 0 ? short(run.configHash) : words.join(' · ');
}
