/** The ranked metric of every run as a dot, in a card for each group of values that may be compared. */
import type { ComparedRun } from '../../comparison.ts';
import type { RankedSection } from '../../ranking.ts';
import { axisStyle, type Chart, chart, tooltipStyle } from '../chart.ts';
import { type ColorKey, keysByParam, lineStyleOf } from '../colors.ts';
import { type Child, h, section } from '../dom.ts';
import { settingsShort, short } from '../format.ts';
import type { PageState } from '../state.ts';
import type { Theme } from '../theme.ts';
import { armTable } from './arms.ts';

const mostDots = 40;
const narrowPx = 560;

export function rankedChart(state: PageState): HTMLElement | null {
  const { rankBy, sections, goal, splitBy } = state;
  const ranked = sections.filter(({ group }) => group !== null);
  if (rankBy === undefined || ranked.length === 0) return null;
  const keys = splitBy === undefined ? [] : keysByParam(state, splitBy);
  const cards = ranked.map((group) => groupCard(state, rankBy, group, keys));
  const apart = ranked.length > 1 ? ' Each group has a scale of its own: its values are of another question.' : '';
  const note = `${goal === 'maximize' ? 'More' : 'Less'} is better; best first.${apart}`;
  return section('ranking', rankBy, note, ...cards);
}

function groupCard(
  state: PageState,
  metric: string,
  { group, runs }: RankedSection<ComparedRun>,
  keys: readonly ColorKey[],
): HTMLElement {
  const shown = runs.slice(0, mostDots);
  const label = state.groupLabel(group);
  const drawn: Chart = chart(
    `${metric} of ${shown.length} runs, best first: ${shown
      .slice(0, 3)
      .map((run) => state.label(run))
      .join('; ')}`,
    34 + shown.length * 22,
    (theme, widthPx) => option(state, metric, shown, keys, theme, widthPx),
    (_id, at) => {
      const run = shown[at];
      if (run !== undefined) state.select(run);
    },
  );
  state.onSelect(drawn.draw);
  const more: Child =
    runs.length > shown.length ? h('p.note', {}, `The best ${shown.length} of ${runs.length}.`) : null;
  const title = label === '' ? null : h('figcaption', {}, h('h3', {}, label));
  return h('figure.card', { 'data-group': label }, title, armTable(state, metric, runs, keys), drawn.element, more);
}

function option(
  state: PageState,
  metric: string,
  runs: readonly ComparedRun[],
  keys: readonly ColorKey[],
  theme: Theme,
  widthPx: number,
) {
  const style = axisStyle(theme);
  const isNarrow = widthPx < narrowPx;
  const name = (run: ComparedRun) => (isNarrow && settingsShort(run, state.namedBy(run))) || state.label(run);
  return {
    grid: { left: 4, right: 54, top: 4, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      ...tooltipStyle(theme),
      formatter: ({ dataIndex }: { dataIndex: number }) => tooltip(state, runs[dataIndex], metric),
    },
    xAxis: { type: 'value', scale: true, splitNumber: isNarrow ? 3 : 6, ...style },
    yAxis: {
      ...{ type: 'category', inverse: true, data: runs.map(name), ...style },
      axisLabel: { ...nameStyle, color: theme.text, width: isNarrow ? 0.42 * widthPx : 0.4 * widthPx },
      splitLine: { show: true, lineStyle: { color: theme.line, opacity: 0.45 } },
    },
    series: [
      {
        ...{ type: 'scatter', symbolSize: 11, itemStyle: { opacity: 1 } },
        data: runs.map((run, at) => dot(state, run, at, metric, colorOf(run, keys, theme), theme)),
        label: {
          ...{ show: true, position: 'right', color: theme.muted, fontSize: 11.5 },
          formatter: ({ value }: { value: readonly number[] }) => state.metricText(metric, value[0] ?? 0),
        },
      },
    ],
  };
}

const nameStyle = { fontSize: 12, overflow: 'truncate', interval: 0 } as const;

function dot(state: PageState, run: ComparedRun, at: number, metric: string, color: string, theme: Theme) {
  const isSelected = state.selected() === run;
  return {
    value: [run.metrics[metric]?.value ?? 0, at],
    symbolSize: isSelected ? 15 : 11,
    itemStyle: { color, borderColor: isSelected ? theme.text : theme.surface, borderWidth: isSelected ? 2 : 1 },
  };
}

function colorOf(run: ComparedRun, keys: readonly ColorKey[], theme: Theme): string {
  const key = Math.max(
    0,
    keys.findIndex(({ runs }) => runs.has(run)),
  );
  return theme.series[lineStyleOf(key, theme.series.length).color] ?? theme.text;
}

function tooltip(state: PageState, run: ComparedRun | undefined, metric: string): HTMLElement | string {
  const value = run?.metrics[metric]?.value;
  if (run === undefined || value === undefined || value === null) return '';
  return h(
    'div.tip',
    {},
    h('strong', {}, state.label(run)),
    h('div.muted', {}, short(run.configHash)),
    h('div', {}, `${metric} ${value}`),
  );
}
