/** Draws the page from the comparison that is embedded in it: plain data → state → one panel after the other. */
import 'tabulator-tables/dist/css/tabulator_simple.css';
import './style/base.css';
import './style/panels.css';
import './style/charts.css';
import './style/runs.css';
import './style/table-cells.css';
import './style/details.css';
import './style/run-parts.css';
import './style/explore.css';
import './style/small-and-print.css';
import type { Comparison } from '../comparison.ts';
import { type PackedComparison, unpacked } from '../packed.ts';
import { curves } from './curves/curves.ts';
import { explore } from './explore/explore.ts';
import { viewOfFragment } from './fragment-view.ts';
import { header } from './header.ts';
import { beginAnew } from './lifetime.ts';
import { followServer } from './live.ts';
import { holdoutNotes } from './ranking/holdout.ts';
import { rankedChart } from './ranking/ranked-chart.ts';
import { details } from './run/details.ts';
import { type PageState, pageState } from './state.ts';
import { filterBar } from './table/filter-bar.ts';
import { runTable } from './table/table.ts';

type Panel = (state: PageState) => HTMLElement | null;

const ofSeveralRuns: readonly Panel[] = [
  ...[header, filterBar, runTable, rankedChart, holdoutNotes],
  ...[explore, curves, details],
];
const ofOneRun: readonly Panel[] = [header, curves, holdoutNotes, details];

const page = document.getElementById('page');
const embedded = document.getElementById('comparison')?.textContent;
if (page === null || embedded === null || embedded === undefined) throw new Error('this is no page of Retrial');
let shown = unpacked(JSON.parse(embedded) as PackedComparison);
const view = viewOfFragment(() => draw(shown));
draw(shown);
const served = document.querySelector('meta[name="retrial-version"]')?.getAttribute('content');
if (served !== null && served !== undefined) followServer(Number(served), draw);

function draw(comparison: Comparison): void {
  shown = comparison;
  document.title = comparison.title;
  beginAnew();
  const state = pageState(comparison, view);
  const panels = comparison.runs.length > 1 ? ofSeveralRuns : ofOneRun;
  page?.replaceChildren(...panels.map((panel) => panel(state)).filter((element) => element !== null));
}
