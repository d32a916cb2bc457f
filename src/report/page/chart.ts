/** ECharts, with only what is used, in the page's colours; drawn as SVG, which prints sharp. */
import { LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { h } from './dom.ts';
import { currentTheme, onTheme, type Theme } from './theme.ts';

use([LineChart, ScatterChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

export interface Chart {
  readonly element: HTMLElement;
  /** Draws anew, for what has changed. */
  draw(): void;
}

/** @param option what to draw in the colours of a theme; @param label for who cannot see it */
export function chart(
  label: string,
  heightPx: number,
  option: (theme: Theme) => EChartsCoreOption,
  onClick?: (seriesId: string, dataIndex: number) => void,
): Chart {
  const element = h('div.chart', { role: 'img', 'aria-label': label, style: `height:${heightPx}px` });
  let drawn: ECharts | undefined;
  const draw = () => {
    if (element.clientWidth === 0) return;
    if (drawn === undefined) {
      drawn = init(element, undefined, { renderer: 'svg' });
      drawn.on('click', (event) => onClick?.(String(event.seriesId ?? ''), event.dataIndex));
    }
    drawn.setOption({ animation: false, ...option(currentTheme()) }, { notMerge: true });
  };
  new ResizeObserver(() => {
    if (drawn === undefined) draw();
    else drawn.resize();
  }).observe(element);
  onTheme(draw);
  return { element, draw };
}

/** Axis, grid and tooltip in the page's type and colours. */
export function axisStyle(theme: Theme) {
  return {
    axisLabel: { color: theme.muted, fontSize: 11, hideOverlap: true },
    axisLine: { lineStyle: { color: theme.line } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: theme.line, opacity: 0.6 } },
    nameTextStyle: { color: theme.muted, fontSize: 11 },
  };
}

export function tooltipStyle(theme: Theme) {
  return {
    backgroundColor: theme.surface,
    borderColor: theme.line,
    textStyle: { color: theme.text, fontSize: 12 },
    confine: true,
  };
}
