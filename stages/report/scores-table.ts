/** The table of metrics: the model beside its baselines, under one protocol. */
import { formatNumber } from './axis.ts';
import { escapeHtml } from './html.ts';

/** As the evaluate stage writes it: the model's own values at the top, each baseline's in a branch. */
export type Scores = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** One row a metric (`ndcg@10`), the highest value of each marked; counts are a line of their own. */
export function drawScores(scores: Scores, model: string): string {
  const own = Object.entries(scores).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const baselines = Object.entries(scores).filter(
    (entry): entry is [string, Readonly<Record<string, number>>] => typeof entry[1] !== 'number',
  );
  const columns = [model, ...baselines.map(([name]) => name)];
  const rows = own
    .filter(([metric]) => metric.includes('@'))
    .map(([metric, value]) => drawRow(metric, [value, ...baselines.map(([, values]) => values[metric])]));
  const counts = own
    .filter(([metric]) => !metric.includes('@'))
    .map(([name, value]) => `${escapeHtml(name.replaceAll('_', ' '))} ${formatNumber(value)}`);
  return [
    '<table>',
    `<thead><tr><th>metric</th>${columns.map((name) => `<th>${escapeHtml(name)}</th>`).join('')}</tr></thead>`,
    `<tbody>\n${rows.join('\n')}\n</tbody>`,
    '</table>',
    `<p class="note">${counts.join(' · ')}</p>`,
  ].join('\n');
}

function drawRow(metric: string, values: readonly (number | undefined)[]): string {
  const best = Math.max(...values.filter((value) => value !== undefined));
  const cells = values.map((value) =>
    value === undefined ? '<td>–</td>' : `<td${value === best ? ' class="best"' : ''}>${value.toFixed(4)}</td>`,
  );
  return `<tr><th>${escapeHtml(metric)}</th>${cells.join('')}</tr>`;
}
