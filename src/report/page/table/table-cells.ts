/** What the cells of the table of runs hold: the values they are sorted by, and their texts. */
import type { JsonValue } from '../../../pipeline/types.ts';
import type { ComparedRun } from '../../comparison.ts';
import { meanDurationMs } from '../duration.ts';
import { byNumbers, durationText, runId, timeText, valueText } from '../format.ts';
import { olderText, reasonOf, unsteadyText } from '../outcome.ts';
import type { PageState } from '../state.ts';
import { rowMean } from './row-metric.ts';
import { replicatesIn, type TableRow } from './setting-rows.ts';

/** What a column shows. */
export type Subject =
  | { readonly kind: 'run' | 'trial' | 'status' | 'started' | 'took' | 'notes' }
  /** How many runs have a value of the metric; without one, how many there are. */
  | { readonly kind: 'count'; readonly metric: string | undefined }
  | { readonly kind: 'param' | 'metric'; readonly name: string };

/** The value a column is sorted by; undefined where there is none. */
export function cellOf(row: TableRow, subject: Subject): unknown {
  const [run] = row.runs;
  if (run === undefined) return undefined;
  switch (subject.kind) {
    case 'param': {
      const values = paramValues(row, subject.name);
      return values.length > 1 ? valuesText(values) : values[0];
    }
    case 'metric':
      return rowMean(row, subject.name);
    case 'run':
      return runId(run);
    case 'count':
      return countOf(row, subject.metric);
    case 'trial':
      return run.trial ?? undefined;
    case 'status':
      return statusText(row);
    case 'started':
      return run.startedAt;
    case 'took':
      return meanDurationMs(row.runs) ?? undefined;
    case 'notes':
      return rowNotes(row) || undefined;
  }
}

/** What is read in the cell of one run, as text. */
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
    case 'count':
      return '';
    case 'trial':
      return run.trial === null ? '' : String(run.trial);
    case 'status':
      return run.status;
  }
}

/** The different values the runs of a row have, in their order; of runs without the param none. */
export function paramValues({ runs }: TableRow, name: string): readonly JsonValue[] {
  if (runs.length === 1) return runs[0]?.params[name] === undefined ? [] : [runs[0].params[name]];
  const values = new Map<string, JsonValue>();
  for (const { params } of runs) if (params[name] !== undefined) values.set(JSON.stringify(params[name]), params[name]);
  return [...values.values()].sort((a, b) => byNumbers(valueText(a), valueText(b)));
}

export function valuesText(values: readonly JsonValue[]): string {
  return values.map(valueText).join(', ');
}

/** `complete`; of several runs `4 complete, 1 failed`. */
export function statusText({ runs }: TableRow): string {
  const counts = new Map<string, number>();
  for (const { status } of runs) counts.set(status, (counts.get(status) ?? 0) + 1);
  if (runs.length === 1) return [...counts.keys()].join('');
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}

/** Of a mean, how many values it is of. */
export function countOf(row: TableRow, metric: string | undefined): number {
  const runs = replicatesIn(row);
  return metric === undefined ? runs.length : runs.filter(({ metrics }) => metrics[metric]?.value != null).length;
}

/** What is said of any of its runs, once. */
export function rowNotes({ runs }: TableRow): string {
  return [...new Set(runs.flatMap(notes))].join(' · ');
}

const notesOf = (run: ComparedRun) => notes(run).join(' · ');

function notes(run: ComparedRun): string[] {
  const tags = run.tags.map((tag) => `# ${tag}`);
  const all = [reasonOf(run), unsteadyText(run), olderText(run), run.pinned ? 'pinned' : '', ...tags, run.note ?? ''];
  return all.filter((text) => text !== '');
}
