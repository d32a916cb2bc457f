/** A metric of a row: its value, or the mean over its runs, and how far that is from the baseline's. */
import type { Goal } from '../../../pipeline/types.ts';
import { replicatesIn, type TableRow } from './setting-rows.ts';
import { type Summary, summaryOf } from './summary.ts';

export type RowMetric =
  /** `group`: where it may be ranked; `diverged`: how many of the runs ended without a finite number. */
  | { readonly kind: 'value'; readonly summary: Summary; readonly group: string; readonly diverged: number }
  /** No finite number; `text` says which. */
  | { readonly kind: 'diverged'; readonly text: string | undefined }
  /** Its runs are of several groups: they have no mean. */
  | { readonly kind: 'mixed' };

/** Undefined where no run of the row has the metric. */
export function rowMetric(row: TableRow, name: string): RowMetric | undefined {
  const found = replicatesIn(row).flatMap((run) => run.metrics[name] ?? []);
  const [first] = found;
  if (first === undefined) return undefined;
  if (found.some(({ group }) => group !== first.group)) return { kind: 'mixed' };
  const values = found.flatMap(({ value }) => value ?? []);
  const summary = summaryOf(values);
  if (summary === undefined) return { kind: 'diverged', text: first.text };
  return { kind: 'value', summary, group: first.group, diverged: found.length - values.length };
}

/**
 * Whether a run of the row, shown or not, came to no value: it failed, was pruned, diverged or has not ended. The mean of the
 * others would flatter. A whole run that was never to have the metric, as the final ones of a study, is none of these.
 */
export function isPartial({ all }: TableRow, name: string): boolean {
  return replicatesIn({ runs: all }).some(({ metrics, status }) =>
    metrics[name] === undefined ? status !== 'complete' : metrics[name].value === null,
  );
}

/** What a row is ranked and sorted by. */
export function rowMean(row: TableRow, name: string): number | undefined {
  const found = rowMetric(row, name);
  return found?.kind === 'value' ? found.summary.mean : undefined;
}

export type Difference =
  | { readonly kind: 'incomparable' }
  | { readonly kind: 'difference'; readonly value: number; readonly verdict: 'better' | 'worse' | 'same' | null };

/** @param goal undefined: no difference is better or worse. Undefined where one of them has no number. */
export function differenceOf(
  metric: RowMetric | undefined,
  baseline: RowMetric | undefined,
  goal: Goal | undefined,
): Difference | undefined {
  if (metric === undefined || baseline === undefined) return undefined;
  if (metric.kind === 'diverged' || baseline.kind === 'diverged') return undefined;
  if (metric.kind === 'mixed' || baseline.kind === 'mixed' || metric.group !== baseline.group)
    return { kind: 'incomparable' };
  const value = metric.summary.mean - baseline.summary.mean;
  if (value === 0) return { kind: 'difference', value, verdict: 'same' };
  if (goal === undefined) return { kind: 'difference', value, verdict: null };
  return { kind: 'difference', value, verdict: value > 0 === (goal === 'maximize') ? 'better' : 'worse' };
}
