/** An axis of a chart for what a column holds. */
import { axisStyle } from '../chart.ts';
import { cut } from '../format.ts';
import type { Theme } from '../theme.ts';
import type { Cell, Column } from './columns.ts';
import { type Scale, scaleOf, tickText } from './scale.ts';

const longest = 14;
const longestName = 44;

export interface ChartAxis {
  readonly column: Column;
  readonly scale: Scale;
  /** Place on the chart's axis; undefined: none. */
  placeOf(cell: Cell): number | undefined;
}

/** @param wantsLog unset: as the values are best read */
export function chartAxis(column: Column, wantsLog?: boolean): ChartAxis {
  const scale = scaleOf(column, wantsLog);
  const places = new Map<Cell, number>(scale.categories.map((value, at) => [value, at]));
  const isUnsetNamed = scale.kind === 'category' && column.cells.includes(undefined);
  const placeOf = (cell: Cell) => {
    if (scale.kind !== 'category') return typeof cell === 'number' ? cell : undefined;
    return cell === undefined && isUnsetNamed ? scale.categories.length : places.get(cell);
  };
  return { column, scale, placeOf };
}

/** @param isNamed unset where what is around the chart names it */
export function axisOption(
  { column, scale }: ChartAxis,
  theme: Theme,
  side: 'x' | 'y',
  splits: number,
  isNamed = true,
) {
  const style = axisStyle(theme);
  const named = {
    ...(isNamed ? { name: cut(column.label, longestName) } : {}),
    ...{ nameLocation: side === 'x' ? 'middle' : 'end', nameGap: side === 'x' ? 24 : 9 },
    nameTextStyle: { ...style.nameTextStyle, align: side === 'x' ? 'center' : 'left' },
  };
  if (scale.kind === 'category') {
    const unset = column.cells.includes(undefined) ? ['not set'] : [];
    const names = scale.categories.map((value) => cut(column.text(value), longest));
    return { type: 'category', data: [...names, ...unset], ...style, ...named, splitLine: { show: false } };
  }
  const formatter = (value: number) => tickText(column, value);
  // The ends are where the values end, and no round numbers.
  const axisLabel = { ...style.axisLabel, formatter, showMinLabel: false, showMaxLabel: false };
  const type = scale.kind === 'log' ? 'log' : 'value';
  const isWhole =
    column.kind !== 'metric' && column.cells.every((cell) => cell === undefined || Number.isInteger(cell));
  const whole = isWhole && type === 'value' ? { minInterval: 1 } : {};
  return { type, ...whole, ...rangeOf(scale), ...style, ...named, splitNumber: splits, axisLabel };
}

/** Parts of the extent that are left free at either end, so that no dot lies on the frame. */
const margin = 0.03;

function rangeOf({ kind, low, high }: Scale): { min: number; max: number } {
  if (kind === 'log') {
    const room = (high / low) ** margin * (low === high ? 2 : 1);
    return { min: low / room, max: high * room };
  }
  const room = (high - low) * margin || Math.abs(high) * margin || 1;
  return { min: low - room, max: high + room };
}
