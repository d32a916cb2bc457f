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

export function axisOption({ column, scale }: ChartAxis, theme: Theme, side: 'x' | 'y', splits: number) {
  const style = axisStyle(theme);
  const shared = {
    ...style,
    ...{
      name: cut(column.label, longestName),
      nameLocation: side === 'x' ? 'middle' : 'end',
      nameGap: side === 'x' ? 24 : 9,
    },
    nameTextStyle: { ...style.nameTextStyle, align: side === 'x' ? 'center' : 'left' },
  };
  if (scale.kind === 'category') {
    const isUnsetNamed = column.cells.includes(undefined);
    const names = [
      ...scale.categories.map((value) => cut(column.text(value), longest)),
      ...(isUnsetNamed ? ['not set'] : []),
    ];
    return { type: 'category', data: names, ...shared, splitLine: { show: false } };
  }
  const formatter = (value: number) => tickText(column, value);
  const ends = scale.kind === 'log' ? { min: 'dataMin', max: 'dataMax' } : { scale: true };
  const labels = {
    ...style.axisLabel,
    formatter,
    ...(scale.kind === 'log' ? { showMinLabel: false, showMaxLabel: false } : {}),
  };
  return { type: scale.kind === 'log' ? 'log' : 'value', ...ends, ...shared, splitNumber: splits, axisLabel: labels };
}
