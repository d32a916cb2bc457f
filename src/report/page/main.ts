/** Draws the page from the comparison that is embedded in it: plain data → state → one panel after the other. */
import 'tabulator-tables/dist/css/tabulator_simple.css';
import './style/base.css';
import './style/panels.css';
import './style/charts.css';
import './style/runs.css';
import './style/details.css';
import './style/small-and-print.css';
import { curves } from './curves/curves.ts';
import { header } from './header.ts';
import { holdoutNotes } from './ranking/holdout.ts';
import { rankedChart } from './ranking/ranked-chart.ts';
import { readComparison } from './read-comparison.ts';
import { details } from './run/details.ts';
import { type PageState, pageState } from './state.ts';
import { runTable } from './table/table.ts';

type Panel = (state: PageState) => HTMLElement | null;

const ofSeveralRuns: readonly Panel[] = [header, runTable, rankedChart, holdoutNotes, curves, details];
const ofOneRun: readonly Panel[] = [header, curves, holdoutNotes, details];

const page = document.getElementById('page');
const embedded = document.getElementById('comparison')?.textContent;
if (page === null || embedded === null || embedded === undefined) throw new Error('this is no page of Retrial');
const state = pageState(readComparison(embedded));
page.replaceChildren();
for (const panel of state.comparison.runs.length > 1 ? ofSeveralRuns : ofOneRun) {
  const element = panel(state);
  if (element !== null) page.append(element);
}
