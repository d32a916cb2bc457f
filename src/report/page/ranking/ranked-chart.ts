/** The ranked metric of every run as a dot, in a card for each group of values that may be compared. */
import type { ComparedRun } from '../../comparison.ts';
import { axisStyle, type Chart, chart, tooltipStyle } from '../chart.ts';
import { type ColorKey, keysByParam, lineStyleOf } from '../colors.ts';
import { type Child, h, section } from '../dom.ts';
import { settingsShort, short } from '../format.ts';
import type { PageState } from '../state.ts';
import type { Theme } from '../theme.ts';
import { armTable } from './arms.ts';
import type { Entry, EntrySection } from './entries.ts';

const mostDots = 40;
const narrowPx = 560;

export function rankedChart(state: PageState): HTMLElement | null {
  const { rankBy, ranking: ranked, goal, splitBy } = state;
  if (rankBy === undefined || ranked.length === 0) return null;
  const keys = splitBy === undefined ? [] : keysByParam(state, splitBy);
  const cards = ranked.map((group) => groupCard(state, rankBy, group, keys));
  const apart = ranked.length > 1 ? ' Each group has a scale of its own: its values are of another question.' : '';
  const isMeans = ranked.some(({ entries }) => entries.some(({ runs }) => runs.length > 1));
  const means = isMeans ? ' Each trial by the mean over its runs, which are the small dots.' : '';
  const note = `${goal === 'maximize' ? 'More' : 'Less'} is better; best first.${means}${apart}`;
  return section('ranking', rankBy, note, ...cards);
}

function groupCard(
  state: PageState,
  metric: string,
  { group, entries }: EntrySection,
  keys: readonly ColorKey[],
): HTMLElement {
  const shown = entries.slice(0, mostDots);
  const label = state.groupLabel(group);
  const drawn: Chart = chart(
    `${metric} of ${shown.length} ${shown.some(({ runs }) => runs.length > 1) ? 'trials' : 'runs'}, best first: ${shown
      .slice(0, 3)
      .map((entry) => state.entryLabel(entry))
      .join('; ')}`,
    34 + shown.length * 22,
    (theme, widthPx) => option(state, metric, shown, keys, theme, widthPx),
    {
      onClick: (_id, at) => {
        const entry = shown[at];
        if (entry !== undefined) state.selection.choose(entry.run);
      },
    },
  );
  state.selection.onChoice(drawn.draw);
  const more: Child =
    entries.length > shown.length ? h('p.note', {}, `The best ${shown.length} of ${entries.length}.`) : null;
  const title = label === '' ? null : h('figcaption', {}, h('h3', {}, label));
  return h('figure.card', { 'data-group': label }, title, armTable(state, metric, entries, keys), drawn.element, more);
}

function option(
  state: PageState,
  metric: string,
  entries: readonly Entry[],
  keys: readonly ColorKey[],
  theme: Theme,
  widthPx: number,
) {
  const style = axisStyle(theme);
  const isNarrow = widthPx < narrowPx;
  const name = (entry: Entry) =>
    (isNarrow && entry.runs.length === 1 && settingsShort(entry.run, state.namedBy(entry.run), state)) ||
    state.entryLabel(entry);
  return {
    grid: { left: 4, right: 54, top: 4, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      ...tooltipStyle(theme),
      formatter: ({ dataIndex }: { dataIndex: number }) => tooltip(state, entries[dataIndex], metric),
    },
    xAxis: { type: 'value', scale: true, splitNumber: isNarrow ? 3 : 6, ...style },
    yAxis: {
      ...{ type: 'category', inverse: true, data: entries.map(name), ...style },
      axisLabel: { ...nameStyle, color: theme.text, width: isNarrow ? 0.42 * widthPx : 0.4 * widthPx },
      splitLine: { show: true, lineStyle: { color: theme.line, opacity: 0.45 } },
    },
    series: [
      {
        ...{ type: 'scatter', symbolSize: 11, itemStyle: { opacity: 1 } },
        data: entries.map((entry, at) => dot(state, entry, at, colorOf(entry.run, keys, theme), theme)),
        label: {
          ...{ show: true, position: 'right', color: theme.muted, fontSize: 11.5 },
          formatter: ({ value }: { value: readonly number[] }) => state.metricText(metric, value[0] ?? 0),
        },
      },
      {
        ...{ type: 'scatter', symbolSize: 5, silent: true, tooltip: { show: false }, z: 1 },
        data: entries.flatMap((entry, at) => singleRuns(entry, at, metric, colorOf(entry.run, keys, theme))),
      },
    ],
  };
}

/** The values that a mean is of. */
function singleRuns({ runs }: Entry, at: number, metric: string, color: string) {
  if (runs.length < 2) return [];
  const values = runs.flatMap((run) => run.metrics[metric]?.value ?? []);
  return values.map((value) => ({ value: [value, at], itemStyle: { color, opacity: 0.55 } }));
}

const nameStyle = { fontSize: 12, overflow: 'truncate', interval: 0 } as const;

function dot(state: PageState, { runs, value }: Entry, at: number, color: string, theme: Theme) {
  const isSelected = runs.some((run) => state.selection.run() === run);
  return {
    value: [value, at],
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

function tooltip(state: PageState, entry: Entry | undefined, metric: string): HTMLElement | string {
  if (entry === undefined) return '';
  const { run, runs, value } = entry;
  return h(
    'div.tip',
    {},
    h('strong', {}, state.entryLabel(entry)),
    h('div.muted', {}, short(run.configHash)),
    h('div', {}, `${runs.length > 1 ? `mean of ${runs.length} runs: ` : ''}${metric} ${value}`),
  );
}
