/** The cells of the table of runs: their values, how they are drawn, and their order. */
import type { ComparedRun } from '../comparison.ts';
import { h } from './dom.ts';
import { durationText, numberText, short, timeText, valueText } from './format.ts';
import type { PageState } from './state.ts';

/** The value of a column: `param NAME`, `metric NAME`, or of the run itself. */
export function cellOf(run: ComparedRun, field: string): unknown {
  if (field.startsWith('param ')) return run.params[field.slice('param '.length)];
  if (field.startsWith('metric ')) return run.metrics[field.slice('metric '.length)]?.value;
  switch (field) {
    case 'hash':
      return short(run.configHash);
    case 'trial':
      return run.trial ?? undefined;
    case 'status':
      return run.status;
    case 'tags':
      return run.tags.join(', ');
    case 'started':
      return run.startedAt;
    default:
      return run.durationMs ?? undefined;
  }
}

/** Why a run failed; empty where it did not. */
export function reasonOf(run: ComparedRun): string {
  const failed = run.stages.find((stage) => stage.failure !== null && stage.outcome === 'failed');
  return failed === undefined ? '' : `${failed.name}: ${failed.failure}`;
}

/** What is missing or diverged comes last, whichever way is sorted. */
export function order(a: unknown, b: unknown, ascending: boolean): number {
  const gone = (value: unknown) => value === undefined || value === null || value === ''; // Tabulator's undefined
  if (gone(a) || gone(b))
    return (gone(a) ? 1 : 0) - (gone(b) ? 1 : 0) === 0 ? 0 : (gone(a) ? 1 : -1) * (ascending ? 1 : -1);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return valueText(a as never).localeCompare(valueText(b as never), undefined, { numeric: true });
}

export function drawCell(run: ComparedRun, field: string, state: PageState): HTMLElement {
  if (field.startsWith('metric ')) return drawMetric(run, field.slice('metric '.length), state);
  if (field.startsWith('param ')) return h('span', {}, valueText(run.params[field.slice('param '.length)]));
  switch (field) {
    case 'hash':
      return h('code', {}, short(run.configHash));
    case 'status':
      return h(`span.status.${run.status}`, { title: reasonOf(run) }, run.status);
    case 'started':
      return h('span', {}, timeText(run.startedAt));
    case 'took':
      return h('span', {}, durationText(run.durationMs));
    default:
      return h('span', {}, valueText(cellOf(run, field) as never));
  }
}

function drawMetric(run: ComparedRun, metric: string, state: PageState): HTMLElement {
  const found = run.metrics[metric];
  if (found === undefined) return h('span.muted', {}, '–');
  if (found.value === null)
    return h('span.diverged', { title: 'not a finite number: never ranked' }, found.text ?? 'diverged');
  if (!state.isBest(run, metric)) return h('span', {}, numberText(found.value));
  return h(
    'strong.is-best',
    { title: 'best of those it may be ranked with' },
    h('span', { 'aria-label': 'best' }, '★ '),
    numberText(found.value),
  );
}
