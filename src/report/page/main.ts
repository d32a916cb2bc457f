/** Draws the page from the comparison that is embedded in it. */
import 'tabulator-tables/dist/css/tabulator_simple.css';
import './style.css';
import type { Comparison } from '../comparison.ts';
import { curves } from './curves.ts';
import { details } from './details.ts';
import { header } from './header.ts';
import { rankedChart } from './ranked-chart.ts';
import { pageState } from './state.ts';
import { runTable } from './table.ts';

const embedded = document.getElementById('comparison')?.textContent ?? '';
const page = document.getElementById('page');
if (page === null) throw new Error('there is no #page');
const state = pageState(JSON.parse(embedded) as Comparison);
page.replaceChildren(header(state));
const several = state.comparison.runs.length > 1;
for (const panel of [several ? runTable : null, several ? rankedChart : null, curves, details]) {
  const element = panel?.(state);
  if (element !== null && element !== undefined) page.append(element);
}
