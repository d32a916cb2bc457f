/** The table of metrics: the model beside its baselines, under one protocol. */
import { formatNumber } from './axis.ts';
import { escapeHtml } from './html.ts';

/** As the evaluate stage writes it: the model's own values at the top, each baseline's in a branch. */
export type Scores = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** What is not better for being higher: a random order covers all items. */
const withoutBest = ['item_coverage'];

/**
 * One row a metric (`ndcg@10`), the cut-offs of one metric together, the highest value of each marked; counts are a line
 * of their own.
 */
export function drawScores(scores: Scores, model: string): string {
  const own = Object.entries(scores).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const baselines = Object.entries(scores).filter(
    (entry): entry is [string, Readonly<Record<string, number>>] => typeof entry[1] !== 'number',
  );
  const columns = [model, ...baselines.map(([name]) => name)];
  const groups = new Map<string, string[]>();
  for (const [metric, value] of own.filter(([metric]) => metric.includes('@'))) {
    const row = drawRow(metric, [value, ...baselines.map(([, values]) => values[metric])]);
    groups.set(nameOf(metric), [...(groups.get(nameOf(metric)) ?? []), row]);
  }
  const counts = own
    .filter(([metric]) => !metric.includes('@'))
    .map(([name, value]) => `${escapeHtml(name.replaceAll('_', ' '))} ${formatNumber(value)}`);
  return [
    '<table class="scores">',
    `<thead><tr><th>metric</th>${columns.map((name) => `<th>${escapeHtml(name)}</th>`).join('')}</tr></thead>`,
    ...[...groups.values()].map((rows) => `<tbody>\n${rows.join('\n')}\n</tbody>`),
    '</table>',
    `<p class="note">${counts.join(' · ')}</p>`,
  ].join('\n');
}

/** `ndcg@10` → `ndcg` */
function nameOf(metric: string): string {
  return metric.slice(0, metric.indexOf('@'));
}

function drawRow(metric: string, values: readonly (number | undefined)[]): string {
  const best = withoutBest.includes(nameOf(metric))
    ? Number.NaN
    : Math.max(...values.filter((value) => value !== undefined));
  const cells = values.map((value) =>
    value === undefined ? '<td>–</td>' : `<td${value === best ? ' class="best"' : ''}>${value.toFixed(4)}</td>`,
  );
  return `<tr><th>${escapeHtml(metric)}</th>${cells.join('')}</tr>`;
}
