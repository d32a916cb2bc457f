/** The cells of the table of runs: their values, how they are drawn, and their order. */
import type { ComparedRun } from '../../comparison.ts';
import { h } from '../dom.ts';
import { durationText, timeText, valueText } from '../format.ts';
import { diverged, reasonOf, unsteadyText } from '../outcome.ts';
import type { PageState } from '../state.ts';

/** What a column shows. */
export type Subject =
  | { readonly kind: 'run' | 'trial' | 'status' | 'started' | 'took' | 'notes' }
  | { readonly kind: 'param' | 'metric'; readonly name: string };

/** The value a column is sorted by; undefined where there is none. */
export function cellOf(run: ComparedRun, subject: Subject): unknown {
  switch (subject.kind) {
    case 'param':
      return run.params[subject.name];
    case 'metric':
      return run.metrics[subject.name]?.value ?? undefined;
    case 'run':
      return `${run.configHash}@${run.attempt}`;
    case 'trial':
      return run.trial ?? undefined;
    case 'status':
      return run.status;
    case 'started':
      return run.startedAt;
    case 'took':
      return run.durationMs ?? undefined;
    case 'notes':
      return notesOf(run) || undefined;
  }
}

/** What is read in the cell, as text. */
export function cellText(run: ComparedRun, subject: Subject, state: PageState): string {
  switch (subject.kind) {
    case 'param':
      return state.paramText(subject.name, run.params[subject.name]);
    case 'metric': {
      const found = run.metrics[subject.name];
      if (found === undefined) return '';
      return found.value === null ? `diverged ${found.text ?? ''}` : state.metricText(subject.name, found.value);
    }
    case 'run':
      return state.hashText(run);
    case 'started':
      return timeText(run.startedAt);
    case 'took':
      return durationText(run.durationMs);
    case 'notes':
      return notesOf(run);
    default:
      return String(cellOf(run, subject) ?? '');
  }
}

function notesOf(run: ComparedRun): string {
  return [
    reasonOf(run),
    unsteadyText(run),
    run.pinned ? 'pinned' : '',
    ...run.tags.map((tag) => `# ${tag}`),
    run.note ?? '',
  ]
    .filter((text) => text !== '')
    .join(' · ');
}

/** What is missing or diverged comes last, whichever way is sorted. */
export function order(a: unknown, b: unknown, ascending: boolean): number {
  const [noA, noB] = [isMissing(a), isMissing(b)];
  if (noA || noB) return (Number(noA) - Number(noB)) * (ascending ? 1 : -1);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return valueText(a as never).localeCompare(valueText(b as never), undefined, { numeric: true });
}

const isMissing = (value: unknown) => value === undefined || value === null;

export function drawCell(run: ComparedRun, subject: Subject, state: PageState): HTMLElement {
  switch (subject.kind) {
    case 'param': {
      const value = run.params[subject.name];
      return h('span', { title: valueText(value) }, state.paramText(subject.name, value));
    }
    case 'metric':
      return drawMetric(run, subject.name, state);
    case 'run':
      return run.nondeterministic.length === 0
        ? h('code', { title: run.configHash }, state.hashText(run))
        : h('code', { title: unsteadyText(run) }, `${state.hashText(run)} ≠`);
    case 'trial':
      return h('span', {}, run.trial === null ? '' : String(run.trial));
    case 'status':
      return h(`span.status.${run.status}`, {}, run.status);
    case 'started':
      return h('span', {}, timeText(run.startedAt));
    case 'took':
      return h('span', {}, durationText(run.durationMs));
    case 'notes':
      return drawNotes(run);
  }
}

function drawNotes(run: ComparedRun): HTMLElement {
  const text = notesOf(run);
  const isFailure = reasonOf(run) !== '';
  return h(isFailure ? 'span.status.failed' : 'span.muted', { title: text }, text);
}

function drawMetric(run: ComparedRun, metric: string, state: PageState): HTMLElement {
  const found = run.metrics[metric];
  if (found === undefined) return h('span.muted', {}, '–');
  if (found.value === null) return diverged(found.text);
  const text = state.metricText(metric, found.value);
  if (!state.isBest(run, metric)) return h('span', { title: String(found.value) }, text);
  const title = `best of those it may be ranked with: ${found.value}`;
  return h('strong.is-best', { title }, h('span', { role: 'img', 'aria-label': 'best' }, '★ '), text);
}
