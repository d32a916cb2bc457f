/** What the final runs of a study came to, in words: the number that is told of its best, measured once. */
import { formatNumber } from '../logging/format.ts';
import type { Index } from '../record/open-index.ts';
import type { FinalRow } from '../record/rows.ts';
import { interval } from '../statistics/estimate.ts';
import { meanOf } from '../statistics/moments.ts';
import type { ComparedStudy, Comparison } from './comparison.ts';
import { pushTo } from './ranking.ts';

/** Of a last stage that has none of what the study was after. */
const mostMetrics = 3;

/** @param out runs that a filter left out: of a trial with one of these nothing is said */
export async function comparedFinals(
  index: Index,
  study: ComparedStudy | undefined,
  out: ReadonlySet<string>,
): Promise<Pick<Comparison, 'finals'>> {
  if (study === undefined) return {};
  const trials = new Map<number, FinalRow[]>();
  for (const final of await index.finals(study.name)) pushTo(trials, final.trial, final);
  const finals = [...trials].flatMap(([trial, runs]) =>
    runs.some(({ configHash }) => configHash !== null && out.has(configHash)) ? [] : [finalText(trial, runs, study)],
  );
  return finals.length === 0 ? {} : { finals };
}

function finalText(trial: number, runs: readonly FinalRow[], { metric }: ComparedStudy): string {
  const names = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))];
  const sought = names.filter((name) => lastPart(name) === lastPart(metric.name));
  const shown = sought.length > 0 ? sought : names.slice(0, mostMetrics);
  const means = shown.map((name) => {
    const values = runs.flatMap(({ metrics }) => metrics[name] ?? []);
    const { interval: range } = interval({ values });
    const within = range === undefined ? '' : ` [${range.map((end) => formatNumber(end)).join(', ')}]`;
    return `${name} ${formatNumber(meanOf(values))}${within}`;
  });
  const failed = runs.filter(({ reason }) => reason !== null).length;
  const seeds = runs.length === 1 ? 'one seed' : `${runs.length} seeds`;
  const lost = failed === 0 ? [] : [`${failed} failed`];
  return `final: trial ${trial} under ${seeds} of its own: ${[...means, ...lost].join(', ')}`;
}

const lastPart = (metric: string) => metric.slice(metric.indexOf('.') + 1);
