/** A range of an axis that the reader keeps: of numbers from one to another, of categories some. */
import type { Cell } from '../columns.ts';
import type { Scale } from '../scale.ts';

export interface Brush {
  /** Of numbers; unset where only what is not set is kept. */
  readonly range?: readonly [low: number, high: number];
  /** Of categories, as JSON. */
  readonly values?: readonly string[];
  /** Whether what is not set is kept. */
  readonly unset?: boolean;
}

export type Brushes = ReadonlyMap<string, Brush>;

export function keeps({ range, values, unset = false }: Brush, cell: Cell): boolean {
  if (cell === undefined) return unset;
  if (typeof cell === 'string') return values?.includes(cell) ?? false;
  return range !== undefined && cell >= range[0] && cell <= range[1];
}

/** What was drawn between two places of an axis, in either order; beyond its lower end lies what is not set. */
export function brushOf(scale: Scale, from: number, to: number, unset: boolean): Brush {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const more = unset ? { unset } : {};
  if (scale.kind === 'category') {
    return { values: scale.categories.filter((value) => scale.at(value) >= low && scale.at(value) <= high), ...more };
  }
  if (high < 0 || low > 1) return more;
  return { range: [rounded(scale, low, Math.floor, Math.min), rounded(scale, high, Math.ceil, Math.max)], ...more };
}

/** Outwards to a thousandth of the axis, so that links and fields have few digits and an end holds what lies on it. */
function rounded(scale: Scale, place: number, round: typeof Math.floor, outer: typeof Math.min): number {
  if (place <= 0) return scale.low;
  if (place >= 1) return scale.high;
  const value = scale.valueAt(place);
  const extent = scale.kind === 'log' ? Math.abs(value) : scale.high - scale.low;
  const unit = 10 ** (Math.floor(Math.log10(extent || 1)) - 3);
  return outer(value, Number((round(value / unit) * unit).toPrecision(10)));
}

/** Where a brush lies on its axis: one stretch of numbers, of categories as many as are not beside each other. */
export function stretchesOf(scale: Scale, { range, values = [] }: Brush): (readonly [from: number, to: number])[] {
  if (scale.kind !== 'category') {
    if (range === undefined) return [];
    const inside = (value: number) => scale.at(Math.min(scale.high, Math.max(scale.low, value)));
    return range[1] < scale.low || range[0] > scale.high ? [] : [[inside(range[0]), inside(range[1])]];
  }
  const half = Math.min(0.05, 0.4 / Math.max(1, scale.categories.length - 1));
  const stretches: [number, number][] = [];
  let before = -2;
  for (const [place, category] of scale.categories.entries()) {
    if (!values.includes(category)) continue;
    const at = scale.at(category);
    const last = stretches.at(-1);
    if (last !== undefined && place === before + 1) last[1] = at + half;
    else stretches.push([at - half, at + half]);
    before = place;
  }
  return stretches;
}

/** For a link. */
export function textOfBrushes(brushes: Brushes): string | undefined {
  return brushes.size === 0 ? undefined : JSON.stringify([...brushes]);
}

/** A link may have been cut or written by hand: what is no brush is left out. */
export function brushesOf(text: string | undefined): Map<string, Brush> {
  try {
    const entries: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(entries)) return new Map();
    return new Map(entries.filter((entry): entry is [string, Brush] => Array.isArray(entry) && isBrush(entry[1])));
  } catch {
    return new Map();
  }
}

function isBrush(value: unknown): value is Brush {
  if (typeof value !== 'object' || value === null) return false;
  const { range, values } = value as { range?: unknown; values?: unknown };
  const isRange = Array.isArray(range) && range.length === 2 && range.every((end) => typeof end === 'number');
  const areValues = Array.isArray(values) && values.every((item) => typeof item === 'string');
  return (range === undefined || isRange) && (values === undefined || areValues);
}
