/** A chart of dots, which tells what they are and selects their run. */
import { type Chart, chart, tooltipStyle } from '../chart.ts';
import type { Theme } from '../theme.ts';
import { axisOption, type ChartAxis } from './axis-option.ts';
import type { Coloring } from './coloring.ts';
import type { Column } from './columns.ts';
import type { Exploring } from './exploring.ts';
import { tipOf } from './item-tip.ts';
import { manySpots, type Spot, type SpotSeries, spotSeries } from './spots.ts';

export interface SpotDrawing {
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly spots: readonly Spot[];
  readonly coloring?: Coloring;
  readonly sizePx?: number;
  /** Whether they are too many for elements: unset, from thousands on. */
  readonly isLarge?: boolean;
  /** Whether the axis up has its name here; unset: it has. */
  readonly isUpNamed?: boolean;
  /** What a tooltip tells beside the metric. */
  readonly told?: readonly Column[];
  /** Other marks, below the dots; by the second axis up, from 0 to 1, they are placed by the frame. */
  more?(theme: Theme): readonly object[];
  /** Items of other marks. */
  itemOf?(seriesId: string, dataIndex: number): number | undefined;
}

/** @param drawing made anew for each draw, as the filter may change it */
export function spotChart(exploring: Exploring, label: string, heightPx: number, drawing: () => SpotDrawing): Chart {
  let current: { drawn: SpotDrawing; dots: SpotSeries } | undefined;
  const itemOf = (seriesId: string, index: number) =>
    current?.dots.itemOf(seriesId, index) ?? current?.drawn.itemOf?.(seriesId, index);
  const first = drawing();
  const isLarge = first.isLarge ?? first.spots.length > manySpots;
  return chart(
    label,
    heightPx,
    (theme, widthPx) => {
      const drawn = drawing();
      const dots = spotSeries(exploring, drawn, theme, isLarge);
      current = { drawn, dots };
      return option(exploring, drawn, dots, theme, widthPx, itemOf);
    },
    {
      isLarge,
      onClick: (seriesId, index) => {
        const at = itemOf(seriesId, index);
        if (at !== undefined) exploring.state.selection.choose(exploring.items[at]?.run);
      },
    },
  );
}

function option(
  exploring: Exploring,
  { x, y, told, more, isUpNamed = true }: SpotDrawing,
  { series }: SpotSeries,
  theme: Theme,
  widthPx: number,
  itemOf: (seriesId: string, index: number) => number | undefined,
) {
  return {
    grid: {
      left: 6,
      right: 18,
      top: isUpNamed ? 30 : 10,
      bottom: 32,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: {
      ...tooltipStyle(theme),
      formatter: ({ seriesId = '', dataIndex }: { seriesId?: string; dataIndex: number }) => {
        const at = itemOf(seriesId, dataIndex);
        return at === undefined ? '' : tipOf(exploring, at, told ?? [x.column, y.column]);
      },
    },
    xAxis: { ...axisOption(x, theme, 'x', widthPx < 420 ? 3 : 6), ...{ splitLine: { show: false } } },
    yAxis: [axisOption(y, theme, 'y', 5, isUpNamed), { type: 'value', min: 0, max: 1, show: false }],
    series: [...(more?.(theme) ?? []), ...series],
  };
}
