/** ECharts, with only what is used, in the page's colours; drawn as SVG, which prints sharp, as long as it is not much. */
import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { h } from './dom.ts';
import { atEnd } from './lifetime.ts';
import { currentTheme, onTheme, type Theme } from './theme.ts';

use([
  LineChart,
  ScatterChart,
  CustomChart,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
  CanvasRenderer,
]);

export interface Chart {
  readonly element: HTMLElement;
  /** Draws anew, for what has changed. */
  draw(): void;
  /** Makes these series strong, and no others. */
  highlight(seriesIds: readonly string[]): void;
  dispose(): void;
}

export interface ChartOptions {
  readonly onClick?: (seriesId: string, dataIndex: number) => void;
  /** Thousands of marks are drawn as pixels: a browser is slow with so many elements. */
  readonly isLarge?: boolean;
  /** What else is to be heard of it, once it is there. */
  readonly onReady?: (drawn: ECharts) => void;
}

/** @param label for who cannot see it; @param option what to draw, in the colours of a theme */
export function chart(
  label: string,
  heightPx: number,
  option: (theme: Theme, widthPx: number) => EChartsCoreOption,
  { onClick, isLarge = false, onReady }: ChartOptions = {},
): Chart {
  const element = h('div.chart', { role: 'img', 'aria-label': label, style: `height:${heightPx}px` });
  let drawn: ECharts | undefined;
  const draw = () => {
    if (element.clientWidth === 0) return;
    if (drawn === undefined) {
      drawn = init(element, undefined, { renderer: isLarge ? 'canvas' : 'svg' });
      drawn.on('click', (event) => onClick?.(String(event.seriesId ?? ''), event.dataIndex));
      onReady?.(drawn);
    }
    const theme = currentTheme();
    const shared = { animation: false, textStyle: { fontFamily: theme.font } };
    drawn.setOption({ ...shared, ...option(theme, element.clientWidth) }, { notMerge: true });
  };
  const resizing = new ResizeObserver(() => {
    drawn?.resize();
    draw();
  });
  resizing.observe(element);
  const forget = onTheme(draw);
  const dispose = () => {
    resizing.disconnect();
    forget();
    drawn?.dispose();
    forgetEnd();
  };
  const forgetEnd = atEnd(dispose);
  return {
    ...{ element, draw, dispose },
    highlight: (seriesIds) => {
      drawn?.dispatchAction({ type: 'downplay' });
      if (seriesIds.length > 0) drawn?.dispatchAction({ type: 'highlight', seriesId: seriesIds });
    },
  };
}

/** Axis, grid and tooltip in the page's type and colours. */
export function axisStyle(theme: Theme) {
  return {
    axisLabel: { color: theme.muted, fontSize: 11, hideOverlap: true },
    axisLine: { lineStyle: { color: theme.line } },
    axisTick: { show: false },
    splitLine: { showMinLine: false, showMaxLine: false, lineStyle: { color: theme.line, opacity: 0.7 } },
    nameTextStyle: { color: theme.muted, fontSize: 11 },
  };
}

export function tooltipStyle(theme: Theme) {
  return {
    backgroundColor: theme.surface,
    borderColor: theme.line,
    textStyle: { color: theme.text, fontSize: 12.5, fontFamily: theme.font },
    padding: [8, 11],
    position: besidePointer,
    transitionDuration: 0,
  };
}

const besidePx = 18;

/** Right of the pointer, left where there is no room, above the chart in a narrow window: it makes nobody scroll. */
function besidePointer(
  [x, y]: readonly [number, number],
  _points: unknown,
  tip: unknown,
  _rect: unknown,
  { contentSize }: { contentSize: readonly [number, number] },
): readonly [number, number] {
  const chartLeft = tip instanceof HTMLElement ? (tip.parentElement?.getBoundingClientRect().left ?? 0) : 0;
  const [width, height] = contentSize;
  const [least, most] = [8 - chartLeft, document.documentElement.clientWidth - chartLeft - width - 8];
  if (width > 0.5 * document.documentElement.clientWidth) return [Math.max(least, Math.min(0, most)), -height - 4];
  const right = x + besidePx;
  const left = right <= most ? right : x - besidePx - width;
  return [Math.max(least, Math.min(left, most)), y - height / 2];
}
