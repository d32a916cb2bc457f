/** Which runs, in which order: what `--where`, `--tag`, `--study` and `--sort` say, over all that is on record. */
import { metricsIn } from '../filter/expression.ts';
import type { Named } from '../filter/names.ts';
import { flatten } from '../pipeline/param-tree.ts';
import { byAttempt } from '../record/by-attempt.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow, RunRow } from '../record/rows.ts';
import { unknownStudy } from '../record/select-runs.ts';
import { filterRow } from './filter-row.ts';
import { type ListedRun, listedRun } from './listed-run.ts';
import { filterOf } from './named.ts';
import { type Section, sortedSections, sortKeys } from './sorted-runs.ts';

export interface Wanted {
  readonly study?: string;
  /** All of them. */
  readonly tag?: readonly string[];
  /** A filter: docs/filter.md. */
  readonly where?: string;
  readonly sort?: readonly string[];
}

export interface Found {
  readonly sections: readonly Section[];
  /** How many there are in all sections. */
  readonly count: number;
  /** What they are sorted by. */
  readonly sortedBy: readonly Named[];
  /** The row of the record behind each. */
  readonly rows: ReadonlyMap<ListedRun, RunRow>;
}

/**
 * @param limit that many are enough, of all sections together
 * @returns runs without their metrics, but those that the filter and the order speak of: {@link withMetrics} adds the rest
 * Throws UserError for a study that there is not, and for a filter and names that cannot be understood.
 */
export async function findRuns(index: Index, wanted: Wanted, limit = Number.POSITIVE_INFINITY): Promise<Found> {
  const { study, tag = [], where, sort = [] } = wanted;
  const studies = (await index.studies()).map(({ name }) => name);
  if (study !== undefined && !studies.includes(study)) throw unknownStudy(study, studies);
  const runs = (await index.runs(study)).filter(({ tags }) => tag.every((one) => tags.includes(one)));
  if (runs.length === 0 || (where === undefined && sort.length === 0)) {
    const rows = new Map(runs.slice(0, limit).map((run) => [listedRun(run, []), run]));
    return { sections: [{ numbered: false, runs: [...rows.keys()] }], count: runs.length, sortedBy: [], rows };
  }
  const params = runs.map((run) => flatten(run.params));
  const names = { params: namesOf(params), metrics: await index.metricNames() };
  const filter = where === undefined ? undefined : filterOf(where, names);
  const keys = sortKeys(sort, names);
  const sortedBy = keys.filter(({ kind }) => kind === 'metric').map(({ name }) => name);
  const asked = [...new Set([...sortedBy, ...(filter === undefined ? [] : metricsIn(filter.expression))])];
  const metrics = asked.length === 0 ? [] : await index.metrics(idsOf(runs), asked);
  const rows = listed(runs, params, metrics);
  const kept = [...rows.keys()].filter((run) => filter?.test(filterRow(run)) ?? true);
  const sections = limited(sortedSections(kept, metrics, keys), limit);
  return { sections, count: kept.length, sortedBy: keys, rows };
}

/** The runs that a filter keeps. Throws UserError where it cannot be understood. */
export async function runsWhere(index: Index, where: string): Promise<RunRow[]> {
  const { sections, rows } = await findRuns(index, { where });
  return sections.flatMap(({ runs }) => runs).flatMap((run) => rows.get(run) ?? []);
}

/** The same runs with all of their metrics, and the rows of these. */
export async function withMetrics(
  index: Index,
  { sections, rows }: Found,
): Promise<{ readonly sections: readonly Section[]; readonly metrics: ReadonlyMap<ListedRun, readonly MetricRow[]> }> {
  const runs = sections.flatMap((section) => section.runs).flatMap((run) => rows.get(run) ?? []);
  const metricsOf = byAttempt(await index.metrics(idsOf(runs)));
  const metrics = new Map<ListedRun, readonly MetricRow[]>();
  const whole = (run: ListedRun): ListedRun[] => {
    const row = rows.get(run);
    if (row === undefined) return [];
    const own = metricsOf(row.attemptId);
    const made = listedRun(row, own);
    metrics.set(made, own);
    return [made];
  };
  return { sections: sections.map((section) => ({ ...section, runs: section.runs.flatMap(whole) })), metrics };
}

function namesOf(all: readonly ListedRun['params'][]): string[] {
  const names = new Set<string>();
  for (const params of all) for (const name of Object.keys(params)) names.add(name);
  return [...names];
}

const idsOf = (runs: readonly RunRow[]) => runs.map(({ attemptId }) => attemptId);

function listed(
  runs: readonly RunRow[],
  params: readonly ListedRun['params'][],
  metrics: readonly MetricRow[],
): Map<ListedRun, RunRow> {
  const metricsOf = byAttempt(metrics);
  return new Map(runs.map((run, at) => [listedRun(run, metricsOf(run.attemptId), params[at]), run]));
}

function limited(sections: readonly Section[], limit: number): Section[] {
  let left = limit;
  return sections.flatMap((section) => {
    const runs = section.runs.slice(0, left);
    left -= runs.length;
    return runs.length === 0 ? [] : [{ ...section, runs }];
  });
}
