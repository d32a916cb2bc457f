/** Runs as plain rows under chosen columns, for CSV, Markdown and programs. */
import type { FilterNames } from '../filter/names.ts';
import type { FieldName } from '../filter/row.ts';
import { type Cell, cellOf } from '../logging/delimited.ts';
import { filterRow } from './filter-row.ts';
import type { ListedRun } from './listed-run.ts';
import { columnNamed } from './named.ts';
import { namesIn } from './names-in.ts';

/** Columns that are no field of filters, or are so under another name. */
const facts: Readonly<Record<string, (run: ListedRun) => Cell>> = {
  run: (run) => run.configHash,
  took_ms: (run) => (run.durationMs === null ? null : Math.round(run.durationMs)),
};

/** Columns of config hashes. */
export const hashColumns = ['run', 'hash'];

/** Before params and metrics, where nobody says which columns. */
const usual = [
  'run',
  'attempt',
  'status',
  'started',
  'took_ms',
  'study',
  'trial',
  'tags',
  'pinned',
  'nondeterministic',
  'note',
];

export interface RunCells {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * @param wanted names of facts, params and metrics, these as in filters; without any all that the runs have
 * @param names among which those are looked up, so that a column is the same whichever runs are shown
 * Throws UserError for a name that is none of them.
 */
export function runCells(
  runs: readonly ListedRun[],
  wanted: readonly string[] | undefined,
  names: FilterNames,
): RunCells {
  if (runs.length === 0) return { titles: wanted ?? usual, rows: [] };
  const params = namesIn(runs, 'params');
  const metrics = namesIn(runs, 'metrics');
  const columns = wanted?.map((title) => reader(title, names)) ?? [
    ...usual.map((title) => reader(title, { params, metrics })),
    ...params.map(param),
    ...metrics.map(metric),
  ];
  return {
    titles: wanted ?? [...usual, ...params, ...metrics],
    rows: runs.map((run) => columns.map((read) => read(run))),
  };
}

type Read = (run: ListedRun) => Cell;

function reader(title: string, names: FilterNames): Read {
  const fact = Object.hasOwn(facts, title) ? facts[title] : undefined;
  if (fact !== undefined) return fact;
  const { kind, name } = columnNamed('--columns', title, names);
  if (kind === 'field') return field(name as FieldName);
  return kind === 'param' ? param(name) : metric(name);
}

function field(name: FieldName): Read {
  return (run) => {
    const value = filterRow(run)[name] ?? null;
    return typeof value === 'object' && value !== null ? value.join(', ') : value;
  };
}

const param =
  (name: string): Read =>
  ({ params }) =>
    cellOf(params[name]);

const metric =
  (name: string): Read =>
  ({ metrics }) =>
    metrics[name]?.value ?? metrics[name]?.text ?? null;
