/** How the cells of the table of runs are drawn. */
import type { ComparedRun } from '../../comparison.ts';
import { type Child, h, svg } from '../dom.ts';
import { meanDurationMs } from '../duration.ts';
import { cut, durationText, timeText } from '../format.ts';
import { olderInFull, reasonOf, unsteadyText } from '../outcome.ts';
import { drawMetric } from './draw-metric.ts';
import type { Beside } from './row-beside.ts';
import type { TableRow } from './setting-rows.ts';
import { countOf, paramValues, rowNotes, type Subject, statusText, valuesText } from './table-cells.ts';

export function drawCell(row: TableRow, subject: Subject, beside: Beside): HTMLElement {
  const [run] = row.runs;
  if (run === undefined) return h('span');
  switch (subject.kind) {
    case 'param':
      return drawParam(row, subject.name, beside);
    case 'metric':
      return drawMetric(row, subject.name, beside);
    case 'run':
      return drawRun(row, run, beside);
    case 'count':
      return h('span', {}, String(countOf(row, subject.metric)));
    case 'trial':
      return h('span', {}, run.trial === null ? '' : String(run.trial));
    case 'status':
      return drawStatus(row);
    case 'started':
      return h('span', {}, timeText(run.startedAt));
    case 'took':
      return h('span', {}, durationText(meanDurationMs(row.runs)));
    case 'notes':
      return drawNotes(row);
  }
}

const pinPath = 'M5 1h6v1l-1 1v4l2 2v1H8.6L8 15l-.6-5H4V9l2-2V3L5 2z';

/** The pin makes the run the baseline, and is pressed where it is. */
function drawRun(row: TableRow, run: ComparedRun, { state, baseline }: Beside): HTMLElement {
  const isBaseline = row === baseline;
  const toggle = (event: Event) => {
    event.stopPropagation();
    state.baseline.choose(isBaseline ? undefined : run);
  };
  const name = state.hashText(run);
  const pin = h(
    'button.pin',
    {
      ...{ type: 'button', onclick: toggle, 'aria-pressed': String(isBaseline) },
      ...{ 'aria-label': `Baseline: ${name}`, title: isBaseline ? 'the baseline' : 'make it the baseline' },
    },
    svg('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: pinPath })),
  );
  const unsteady = row.runs.map(unsteadyText).find((text) => text !== '');
  const hash = h('code', { title: unsteady ?? run.configHash }, unsteady === undefined ? name : `${name} ≠`);
  const more = row.runs.length > 1 ? h('span.muted', {}, ` +${row.runs.length - 1}`) : null;
  return h('span', {}, pin, hash, more);
}

function drawStatus(row: TableRow): HTMLElement {
  const [first, ...others] = new Set(row.runs.map(({ status }) => status));
  const status = others.length === 0 ? `span.status.${first}` : 'span.status';
  const older = row.runs.map(olderInFull).find((text) => text !== '');
  const tag: Child = older === undefined ? null : h('span.tag', { title: older }, 'older code');
  return h('span', {}, h(status, {}, statusText(row)), tag);
}

function drawParam(row: TableRow, name: string, { baseline, isVaried, state }: Beside): HTMLElement {
  const values = paramValues(row, name);
  const full = valuesText(values);
  const texts = values.map((value) => state.paramText(name, value));
  const text = values.length > 4 ? `${texts.slice(0, 3).join(', ')} … ${values.length} values` : texts.join(', ');
  const isCompared = baseline !== undefined && baseline !== row && !isVaried(name);
  const isOther = isCompared && full !== valuesText(paramValues(baseline, name));
  const shown = cut(text, 200);
  if (!isOther) return h('span', { title: full }, shown);
  return h('mark', { title: `${full === '' ? 'not set' : full}: differs from the baseline` }, shown || 'not set');
}

function drawNotes(row: TableRow): HTMLElement {
  const text = rowNotes(row);
  const isFailure = row.runs.some((run) => run.status !== 'pruned' && reasonOf(run) !== '');
  return h(isFailure ? 'span.status.failed' : 'span.muted', { title: text }, cut(text, 300));
}
