/** A metric's cell: the value, or the mean with what is known of it, and how far it is from the baseline's. */

import { diverged } from '../diverged.ts';
import { type Child, h } from '../dom.ts';
import type { PageState } from '../state.ts';
import type { Beside } from './row-beside.ts';
import { type Difference, differenceOf, type RowMetric } from './row-metric.ts';
import type { TableRow } from './setting-rows.ts';
import type { Summary } from './summary.ts';

export function drawMetric(row: TableRow, name: string, beside: Beside): HTMLElement {
  const { state, baseline } = beside;
  const found = beside.metricOf(row, name);
  if (found === undefined) return h('span.muted', {}, '–');
  if (found.kind === 'diverged') return diverged(found.text);
  const difference =
    baseline === undefined || baseline === row
      ? undefined
      : differenceOf(found, beside.metricOf(baseline, name), state.goalOf(name));
  const shown = difference === undefined ? null : drawDifference(state, name, difference);
  if (found.kind === 'mixed')
    return h('span.muted', { title: 'its runs are of several groups that may not be ranked together' }, 'mixed', shown);
  return h('span', {}, drawValue(row, name, found, beside), spread(state, name, found), shown);
}

function drawValue(row: TableRow, name: string, { summary }: ValueMetric, { state, isBest }: Beside): HTMLElement {
  const text = state.metricText(name, summary.mean);
  const title = spreadInWords(state, name, summary);
  if (!isBest(row, name)) return h('span', { title }, text);
  return starred(text, title);
}

/** A value that is the best of its group; the star is read out, too. */
export function starred(text: string, title: string): HTMLElement {
  const star = h('span', { role: 'img', 'aria-label': 'best' }, '★ ');
  return h('strong.is-best', { title: `best of those it may be ranked with: ${title}` }, star, text);
}

type ValueMetric = Extract<RowMetric, { kind: 'value' }>;

/** ± half of the interval, or from the least to the largest. */
function spread(state: PageState, name: string, { summary, diverged }: ValueMetric): Child {
  if (summary.n < 2 && diverged === 0) return null;
  const { mean, low, high, isInterval, n } = summary;
  const text = (value: number) => state.metricText(name, value);
  const width = n < 2 ? '' : isInterval ? ` ±${text(mean - low)}` : ` ${text(low)}–${text(high)}`;
  return h('span.muted', {}, width, diverged === 0 ? null : ` (${diverged} diverged)`);
}

function spreadInWords(state: PageState, name: string, { n, mean, low, high, isInterval }: Summary): string {
  if (n < 2) return String(mean);
  const [from, to] = [low, high].map((value) => state.metricText(name, value));
  return isInterval
    ? `mean ${mean} of ${n}; it lies within ${from} to ${to} (95 %, by t)`
    : `mean ${mean} of ${n}, from ${from} to ${to}; too few for an interval`;
}

/** The sign is a text too: colour alone tells not everybody. */
export function drawDifference(state: PageState, name: string, difference: Difference): HTMLElement {
  if (difference.kind === 'incomparable')
    return h('span.difference', { title: 'may not be ranked with the baseline’s value' }, 'not comparable');
  const { value, verdict } = difference;
  const text = differenceText(state, name, value);
  const title = verdict === null || verdict === 'same' ? text : `${verdict} than the baseline`;
  return h(`span.difference.${verdict ?? 'plain'}`, { title }, text);
}

function differenceText(state: PageState, name: string, value: number): string {
  const sign = value === 0 ? '±' : value > 0 ? '+' : '−';
  return `${sign}${state.metricText(name, Math.abs(value))}`;
}
