/** Runs as plain rows under chosen columns, for CSV, Markdown and programs. */
import { UserError } from '../errors.ts';
import type { Cell } from '../logging/delimited.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { ListedRun } from './listed-run.ts';

const facts: Readonly<Record<string, (run: ListedRun) => Cell>> = {
  run: (run) => run.configHash,
  attempt: (run) => run.attempt,
  status: (run) => run.status,
  started: (run) => run.startedAt,
  took_ms: (run) => (run.durationMs === null ? null : Math.round(run.durationMs)),
  trial: (run) => run.trial,
  tags: (run) => run.tags.join(', '),
  pinned: (run) => run.pinned,
  nondeterministic: (run) => run.nondeterministic.join(', '),
  note: (run) => run.note,
};

/**
 * @param wanted names of facts, params and metrics; without any all there are
 * Throws {@link UserError} for a name that is none of them.
 */
export function runCells(
  runs: readonly ListedRun[],
  wanted: readonly string[] | undefined,
): { readonly titles: readonly string[]; readonly rows: readonly (readonly Cell[])[] } {
  const params = [...new Set(runs.flatMap((run) => Object.keys(run.params)))];
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))];
  const known = [...Object.keys(facts), ...params, ...metrics];
  const titles = wanted ?? known;
  const unknown = titles.find((title) => !known.includes(title));
  if (unknown !== undefined && runs.length > 0)
    throw new UserError(`--columns: no run has "${unknown}"`, didYouMean(unknown, known).hint);
  return { titles, rows: runs.map((run) => titles.map((title) => cellOf(run, title))) };
}

function cellOf(run: ListedRun, title: string): Cell {
  const fact = Object.hasOwn(facts, title) ? facts[title] : undefined;
  if (fact !== undefined) return fact(run);
  const metric = run.metrics[title];
  if (metric !== undefined) return metric.value ?? metric.text ?? null;
  const param = run.params[title] ?? null;
  return typeof param === 'object' && param !== null ? JSON.stringify(param) : param;
}
