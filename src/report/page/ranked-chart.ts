/** The ranked metric of every run as a dot, one chart for each group of values that may be compared. */
import type { ComparedRun } from '../comparison.ts';
import { axisStyle, chart, tooltipStyle } from './chart.ts';
import { h, section } from './dom.ts';
import { numberText, short } from './format.ts';
import { type PageState, splitValues } from './state.ts';
import type { Theme } from './theme.ts';

const mostDots = 40;

export function rankedChart(state: PageState): HTMLElement | null {
  const { rankBy, sections, comparison } = state;
  const ranked = sections.filter(({ group, runs }) => group !== null && runs.length > 0);
  if (rankBy === undefined || comparison.runs.length < 2 || ranked.length === 0) return null;
  const cards = ranked.map(({ group, runs }) => {
    const shown = runs.slice(0, mostDots);
    const label = comparison.groups[group ?? '']?.label ?? '';
    const drawn = chart(
      `${rankBy} of ${shown.length} runs, best first`,
      40 + shown.length * 22,
      (theme) => option(state, rankBy, shown, theme),
      (_id, at) => {
        const run = shown[at];
        if (run !== undefined) state.select(run);
      },
    );
    state.onSelect(drawn.draw);
    return h(
      'figure.card',
      {},
      label === '' ? null : h('figcaption', {}, h('h3', {}, label)),
      drawn.element,
      runs.length > shown.length ? h('p.note', {}, `The best ${shown.length} of ${runs.length}.`) : null,
    );
  });
  return section('ranking', rankBy, legend(state), ...cards, ...holdoutNotes(state));
}

function legend(state: PageState): string {
  const { splitBy, goal } = state;
  const colour = splitBy === undefined ? '' : `, coloured by ${state.paramName(splitBy)}`;
  return `${goal === 'maximize' ? 'More' : 'Less'} is better; best first${colour}.`;
}

function option(state: PageState, metric: string, runs: readonly ComparedRun[], theme: Theme) {
  const style = axisStyle(theme);
  return {
    grid: { left: 8, right: 56, top: 8, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      ...tooltipStyle(theme),
      formatter: ({ dataIndex }: { dataIndex: number }) => tooltip(state, runs[dataIndex], metric),
    },
    xAxis: { type: 'value', scale: true, ...style },
    yAxis: {
      type: 'category',
      inverse: true,
      data: runs.map((run) => state.label(run)),
      ...style,
      axisLabel: {
        color: theme.text,
        fontSize: 11.5,
        width: innerWidth < 600 ? 130 : 300,
        overflow: 'truncate',
        interval: 0,
      },
      splitLine: { show: true, lineStyle: { color: theme.line, opacity: 0.4 } },
    },
    series: [
      {
        type: 'scatter',
        symbolSize: 11,
        data: runs.map((run, at) => ({
          value: [run.metrics[metric]?.value ?? 0, at],
          itemStyle: {
            color: colorOf(state, run, theme),
            borderColor: state.selected() === run ? theme.text : 'transparent',
            borderWidth: 2,
          },
        })),
        label: {
          show: true,
          position: 'right',
          color: theme.muted,
          fontSize: 11,
          formatter: ({ value }: { value: readonly number[] }) => numberText(value[0] ?? 0),
        },
      },
    ],
  };
}

function colorOf({ splitBy, comparison }: PageState, run: ComparedRun, theme: Theme): string {
  if (splitBy === undefined) return theme.series[0] ?? theme.text;
  const at = splitValues(comparison.runs, splitBy).indexOf(JSON.stringify(run.params[splitBy]) ?? '');
  return at < 0 ? theme.muted : (theme.series[at % theme.series.length] ?? theme.text);
}

function tooltip(state: PageState, run: ComparedRun | undefined, metric: string): HTMLElement | string {
  if (run === undefined) return '';
  const value = run.metrics[metric]?.value;
  return h(
    'div',
    {},
    h('strong', {}, state.label(run)),
    h('div.muted', {}, short(run.configHash)),
    h('div', {}, `${metric} ${value === null || value === undefined ? '' : numberText(value)}`),
  );
}

/** A held-out part that was looked at often is no longer held out. */
function holdoutNotes({ comparison }: PageState): HTMLElement[] {
  const most = comparison.holdout.reduce((count, { configs }) => Math.max(count, configs), 0);
  if (most < 2) return [];
  return [
    h(
      'p.note.warning',
      {},
      `${most} configs have been scored on the same held-out part: the best of them is flattered by having been chosen on it.`,
    ),
  ];
}
