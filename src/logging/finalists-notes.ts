/** What is to be known of the numbers of final runs, in words; the same on a page, so nothing of Node. */
import type { Against, Finalist, Finalists } from '../record/finalists.ts';
import type { Surpassed } from '../record/surpassed.ts';
import { formatNumber, pNumber } from './numbers.ts';

/**
 * Runs that failed; then by what the intervals are, that of most of them first: each way once, and whose it is; last what
 * the search has found since.
 */
export function finalistsNotes({ rows, surpassed }: Pick<Finalists, 'rows' | 'surpassed'>): string[] {
  return [...rows.flatMap(failure), ...methods(rows), ...surpassed.map(surpassedText)];
}

/** `5`; `2 of 4` where some failed, or are still to come. */
export function seedsText({ values, due }: Pick<Finalist, 'values' | 'due'>): string {
  const had = values.filter(({ value }) => value !== null).length;
  const all = values.length + due;
  return had === all ? String(had) : `${had} of ${all}`;
}

/** p after Holm; or that there is nothing to test. */
export function chanceText(against: Against | null): string {
  if (against === null || against.holm === null) return against?.alike ? 'no test' : '';
  return pNumber(against.holm);
}

function failure({ trial, values }: Finalist): string[] {
  const failed = values.filter(({ reason }) => reason !== undefined);
  const reasons = [...new Set(failed.map(({ reason }) => reason))].join('; ');
  const runs = failed.length === 1 ? 'one run' : `${failed.length} runs`;
  return failed.length === 0 ? [] : [`trial ${trial}: ${runs} failed: ${reasons}`];
}

function surpassedText({ trial, metric, value, finalists }: Surpassed): string {
  return `trial ${trial} came after the final runs and is better in the search (${metric} ${formatNumber(value)}): they stay those of ${trialsText(finalists)}`;
}

function methods(rows: readonly Finalist[]): string[] {
  const [most, ...more] = waysOf(rows.flatMap(({ how, trial, mean }) => (mean === null ? [] : [{ how, trial }])));
  if (most === undefined) return [];
  const differences = rows.flatMap(({ how, trial, against }) =>
    against === null || [most.how, how].includes(against.how) ? [] : [{ how: against.how, trial }],
  );
  return [
    most.how,
    ...more.map(({ how, trials }) => `${trialsText(trials)}: ${how}`),
    ...waysOf(differences).map(({ how, trials }) => `difference of ${trialsText(trials)}: ${how}`),
  ];
}

function waysOf(all: readonly { readonly how: string; readonly trial: number }[]) {
  const ways = new Map<string, number[]>();
  for (const { how, trial } of all) ways.set(how, [...(ways.get(how) ?? []), trial]);
  return [...ways].map(([how, trials]) => ({ how, trials })).sort((a, b) => b.trials.length - a.trials.length);
}

const trialsText = (trials: readonly number[]) => `trial${trials.length > 1 ? 's' : ''} ${trials.join(', ')}`;
