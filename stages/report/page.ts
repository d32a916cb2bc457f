/** The report of one training: a single HTML file that needs no network and no script. */
import type { HistoryPoint } from '../history.ts';
import type { ModelDescription } from '../models/model.ts';
import { chartsOf } from './charts.ts';
import { escapeHtml } from './html.ts';
import { drawPage } from './html-page.ts';
import { drawLineChart } from './line-chart.ts';
import { drawScores, type Scores } from './scores-table.ts';

export interface ReportData {
  readonly model: ModelDescription;
  readonly history: readonly HistoryPoint[];
  readonly scores: Scores;
  readonly protocol: string;
}

export function drawReport({ model, history, scores, protocol }: ReportData): string {
  const charts = chartsOf(history).map(drawLineChart);
  const body = `<p>${model.users} users × ${model.items} items, seed ${model.seed}</p>
<h2>Metrics</h2>
${drawProtocol(protocol)}
${drawScores(scores, model.params.name)}
<h2>Training</h2>
${charts.length > 0 ? `<div class="charts">\n${charts.join('\n')}\n</div>` : '<p>This model is not trained in steps: there are no curves.</p>'}
<h2>Parameters</h2>
${drawParams(model)}`;
  return drawPage(`Training report: ${model.params.name}`, body);
}

function drawProtocol(protocol: string): string {
  if (protocol !== 'leaked') return `<p>Protocol: ${escapeHtml(protocol)}.</p>`;
  return (
    '<p class="warning">Protocol: leaked. Ranked on the training matrix itself: these values say how much was learned ' +
    'by heart, and cannot be compared with held-out ones.</p>'
  );
}

function drawParams({ params }: ModelDescription): string {
  const rows = readBy(params).map(
    ([key, value]) => `<tr><th>${escapeHtml(key)}</th><td>${escapeHtml(valueText(value))}</td></tr>`,
  );
  return `<table>\n${rows.join('\n')}\n</table>`;
}

/** The branch of the params that each baseline reads, and nothing else; '' where it reads none. */
const branches: Readonly<Record<string, string>> = {
  ...{ popularity: '', random: '', 'user-knn': 'knn', 'item-knn': 'knn', rp3beta: 'rp3beta' },
  ...{ 'pure-svd': 'pure_svd', ease: 'ease', slim: 'slim', 'bpr-mf': 'bpr' },
};

/** Of all the params those that concern the model: of a baseline its branch, of the others what is in no branch. */
function readBy(params: ModelDescription['params']): [string, unknown][] {
  const branch = Object.hasOwn(branches, params.name) ? branches[params.name] : undefined;
  return Object.entries(params).flatMap(([key, value]): [string, unknown][] => {
    const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isBranch) return key === branch ? Object.entries(value).map(([name, own]) => [`${key}.${name}`, own]) : [];
    return branch === undefined || key === 'name' ? [[key, value]] : [];
  });
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
