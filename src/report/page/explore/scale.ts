/** Where a value lies on an axis: from 0 to 1, by its size, its decades, or its place among the categories. */
import { byNumbers, valueText } from '../format.ts';
import type { Cell, Column } from './columns.ts';

export interface Scale {
  readonly kind: 'linear' | 'log' | 'category';
  /** Ends of the numbers; of categories the first place and the last. */
  readonly low: number;
  readonly high: number;
  /** All numbers there are, rising, where they are few: they are where an axis has its ticks. */
  readonly few: readonly number[];
  /** Values as JSON, in order. */
  readonly categories: readonly string[];
  /** NaN: no place here. */
  at(cell: Cell): number;
  /** Of a place from 0 to 1 the number; of categories between which places it is. */
  valueAt(place: number): number;
}

/** More decades than these are read by their logarithm. */
const mostLinearDecades = 2;
const mostFew = 8;
/** Of an axis, between two ticks. */
const leastApart = 0.06;

/** @param wantsLog unset: where the numbers are positive, span more than two decades, and are spread more evenly so */
export function scaleOf({ isNumeric, cells }: Pick<Column, 'isNumeric' | 'cells'>, wantsLog?: boolean): Scale {
  return isNumeric ? numericScale(cells, wantsLog) : categoryScale(cells);
}

function numericScale(cells: readonly Cell[], wantsLog: boolean | undefined): Scale {
  const sorted = Float64Array.from(cells.filter((cell) => typeof cell === 'number')).sort();
  const [low = Number.POSITIVE_INFINITY, high = Number.NEGATIVE_INFINITY] = [sorted[0], sorted.at(-1)];
  const isLog = low > 0 && (wantsLog ?? isReadByDecades(sorted, low, high));
  const [to, from] = isLog ? [Math.log, Math.exp] : [same, same];
  const [start, extent] = [to(low), to(high) - to(low)];
  const at = (cell: Cell) => {
    if (typeof cell !== 'number') return Number.NaN;
    return extent > 0 ? (to(cell) - start) / extent : 0.5;
  };
  const valueAt = (place: number) => (place <= 0 ? low : place >= 1 ? high : from(start + place * extent));
  const few = [...new Set(sorted)];
  return {
    kind: isLog ? 'log' : 'linear',
    low,
    high,
    few: few.length > mostFew ? [] : few,
    categories: [],
    at,
    valueAt,
  };
}

/** Draws from 0 to 1 may span decades too: then the middle of them is far from the middle of the decades. */
function isReadByDecades(sorted: Float64Array, low: number, high: number): boolean {
  if (Math.log10(high / low) <= mostLinearDecades) return false;
  const middle = sorted[Math.floor(sorted.length / 2)] ?? low;
  const linear = Math.abs((middle - low) / (high - low) - 0.5);
  return Math.abs(Math.log(middle / low) / Math.log(high / low) - 0.5) < linear;
}

const same = (value: number) => value;

function categoryScale(cells: readonly Cell[]): Scale {
  const categories = categoriesOf(cells);
  const places = new Map(categories.map((value, at) => [value, at]));
  const last = categories.length - 1;
  return {
    ...{ kind: 'category', low: 0, high: Math.max(0, last), few: [], categories },
    at: (cell) => {
      const place = typeof cell === 'string' ? places.get(cell) : undefined;
      return place === undefined ? Number.NaN : last > 0 ? place / last : 0.5;
    },
    valueAt: (place) => place * last,
  };
}

/** Numbers by size, texts as a reader sorts them. */
export function inOrder(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return byNumbers(String(a), String(b));
}

export function categoriesOf(cells: readonly Cell[]): string[] {
  const found = new Set<string>();
  for (const cell of cells) if (typeof cell === 'string') found.add(cell);
  return [...found].sort(inOrder);
}

export interface Tick {
  readonly at: number;
  readonly value: Cell;
}

/** As short as it can be: a number on an axis is round. */
export function tickText(column: Column, value: Cell): string {
  return typeof value === 'number' && column.kind !== 'time'
    ? valueText(Number(value.toPrecision(4)))
    : column.text(value);
}

/** Round numbers, powers of ten on a log axis, or the categories; so few that they can be read. */
export function ticksOf(scale: Scale, most: number): Tick[] {
  if (scale.kind === 'category') {
    const every = Math.ceil(scale.categories.length / Math.max(2, most * 2));
    return scale.categories.filter((_, at) => at % every === 0).map((value) => ({ at: scale.at(value), value }));
  }
  const { low, high } = scale;
  if (!Number.isFinite(low)) return [];
  const own = scale.few.map((value) => ({ at: scale.at(value), value }));
  const areApart = own.every(({ at }, place) => place === 0 || at - (own[place - 1]?.at ?? 0) >= leastApart);
  if (own.length > 0 && areApart) return own;
  const values = scale.kind === 'log' ? decades(low, high, most) : roundNumbers(low, high, most);
  return values.map((value) => ({ at: scale.at(value), value }));
}

function roundNumbers(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((times) => times * unit >= rough) ?? 10) * unit;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

function decades(low: number, high: number, most: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first + 1) / most));
  const powers = [];
  for (let power = first; power <= last; power += every) powers.push(Number(`1e${power}`));
  return powers.length > 1 ? powers : [low, ...powers, high];
}
