/** What is to be known of the numbers of final runs; the same on a page, so nothing of Node. */
import type { Finalist } from '../record/finalists.ts';

/** Runs that failed; then by what the intervals are, each way once, that of most of them first. */
export function finalistsNotes(rows: readonly Finalist[]): string[] {
  return [...rows.flatMap(failure), ...methods(rows)];
}

function failure({ trial, values }: Finalist): string[] {
  const failed = values.filter(({ reason }) => reason !== undefined);
  const reasons = [...new Set(failed.map(({ reason }) => reason))].join('; ');
  const runs = failed.length === 1 ? 'one run' : `${failed.length} runs`;
  return failed.length === 0 ? [] : [`trial ${trial}: ${runs} failed: ${reasons}`];
}

function methods(rows: readonly Finalist[]): string[] {
  const ways = new Map<string, number[]>();
  for (const { how, trial, mean } of rows) if (mean !== null) ways.set(how, [...(ways.get(how) ?? []), trial]);
  const [most, ...more] = [...ways].sort(([, a], [, b]) => b.length - a.length);
  if (most === undefined) return [];
  return [most[0], ...more.map(([how, trials]) => `trial${trials.length > 1 ? 's' : ''} ${trials.join(', ')}: ${how}`)];
}
