/** Learning curves: one card a series, all runs over each other or side by side by the values of a param. */
import { type Chart, chart } from '../chart.ts';
import type { ColorKey } from '../colors.ts';
import { h, section } from '../dom.ts';
import { runId } from '../format.ts';
import { atEnd } from '../lifetime.ts';
import type { PageState } from '../state.ts';
import { curveOption } from './curve-chart.ts';
import { footnotes } from './curve-notes.ts';
import { curveToolbar } from './curve-toolbar.ts';
import {
  type CurveView,
  colorKeys,
  drawnLines,
  type Line,
  linesOf,
  type Panel,
  panelsOf,
  rangeOf,
  shownLines,
} from './curve-view.ts';
import { keepCurveView, keptCurveView } from './kept-curve-view.ts';
import { legend } from './legend.ts';

const panelHeightPx = 230;

export function curves(state: PageState): HTMLElement | null {
  const { comparison } = state;
  const hasCurve = (name: string) => comparison.runs.some(({ series }) => (series[name]?.points ?? 0) > 1);
  const pruned = comparison.study?.pruned;
  const names = Object.keys(comparison.series).filter(hasCurve);
  names.sort((a, b) => Number(b === pruned) - Number(a === pruned)); // what decided comes first
  if (names.length === 0) return null;
  const view = keptCurveView(state);
  const host = h('div');
  let charts: readonly Chart[] = [];
  const build = () => {
    for (const drawn of charts) drawn.dispose();
    charts = rebuild(state, names, view, host, () => {
      keepCurveView(state, view);
      build();
    });
  };
  build();
  state.filter.onFilter(whenStill(build));
  state.selection.onChoice(() => {
    for (const drawn of charts) drawn.draw();
  });
  const note =
    comparison.runs.length > 1
      ? 'What stages reported while they ran. A click on a curve selects its run, which is drawn strong.'
      : 'What stages reported while they ran.';
  return section('curves', 'Curves', note, host);
}

/** What is slow to draw is drawn when the hand that brushes rests. */
const restMs = 80;

function whenStill(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  atEnd(() => clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, restMs);
  };
}

/** Puts toolbar, legend and cards into the host; the reader's focus stays on the control that was used. */
function rebuild(state: PageState, names: readonly string[], view: CurveView, host: HTMLElement, build: () => void) {
  const focused = controls(host).indexOf(document.activeElement);
  const charts: Chart[] = [];
  const lines = names.map((name) => linesOf(state, name, view));
  const drawn = lines.map((ofSeries) => drawnLines(state, ofSeries));
  const keys = colorKeys(state, view, new Set(drawn.flat().map(({ run }) => run)));
  const cards = names.map((name, at) => card(state, name, drawn[at] ?? [], lines[at] ?? [], view, keys, charts));
  const entries = legend(keys, {
    only: view.only,
    onOnly: (key) => {
      view.only = key;
      build();
    },
    onPoint: (key) => {
      const ids = key === undefined ? [] : [...key.runs].map(runId);
      for (const each of charts) each.highlight(ids);
    },
  });
  const grid = h(view.splitBy === undefined ? 'div.curves' : 'div.curves.side-by-side', {}, ...cards);
  host.replaceChildren(...[curveToolbar(state, view, build), entries, grid].filter((part) => part !== null));
  const again = controls(host)[focused];
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  return charts;
}

function controls(host: HTMLElement): (Element | null)[] {
  return [...host.querySelectorAll('input, select, button')];
}

/** @param all lines that there are of the runs that are shown, drawn or not */
function card(
  state: PageState,
  name: string,
  lines: readonly Line[],
  all: readonly Line[],
  view: CurveView,
  keys: readonly ColorKey[],
  charts: Chart[],
): HTMLElement {
  const info = state.comparison.series[name];
  const reference = info?.reference;
  const rangeFor = (panel: Panel) =>
    rangeOf(view.sameScale ? shownLines(lines, keys, view) : panel.lines, reference?.value, view.log);
  const panels = panelsOf(state, lines, view).map((panel) => {
    const shown = shownLines(panel.lines, keys, view);
    if (shown.length === 0) return emptyPanel(panel);
    const drawing = { lines: shown, keys, reference, range: rangeFor({ ...panel, lines: shown }) };
    const select = (id: string) => {
      const run = state.runOf(id);
      if (run !== undefined) state.selection.choose(run);
    };
    const label = `${name}${panel.title === '' ? '' : `, ${panel.title}`}: ${shown.length} curves`;
    const drawn = chart(label, panelHeightPx, (theme) => curveOption(state, drawing, view, theme), {
      onClick: select,
    });
    charts.push(drawn);
    return h('div.panel', {}, panel.title === '' ? null : h('h4', {}, panel.title), drawn.element);
  });
  return h(
    'figure.card',
    { 'data-series': name },
    h('figcaption', {}, h('h3', {}, name), info?.desc === undefined ? null : h('p.note', {}, info.desc)),
    h('div.panels', {}, ...panels),
    ...footnotes(state, name, { drawn: lines, all }, view).map((text) => h('p.note', {}, text)),
  );
}

function emptyPanel({ title }: Panel): HTMLElement {
  return h('div.panel.is-empty', {}, title === '' ? null : h('h4', {}, title), h('p.note', {}, 'Not reported here.'));
}
