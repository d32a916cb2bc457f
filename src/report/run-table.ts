/** Runs as a table of text: hash, status, what differs, and metrics, for terminals and logs. */
import type { ChalkInstance } from 'chalk';
import { short } from '../hash.ts';
import { briefColumn, formatAgo, formatDuration, formatNumber, oneLine } from '../logging/format.ts';
import { type Column, noRoomLine, type TableOptions, table, truncate } from '../logging/table.ts';
import type { ListedRun } from './listed-run.ts';
import { namesIn } from './names-in.ts';
import { differingParams, shortNames } from './ranking.ts';
import type { Section } from './sorted-runs.ts';

export interface RunTableOptions extends TableOptions {
  /** Names of metrics, most wanted first: the last are left out where the width is not enough. */
  readonly metrics: readonly string[];
  /** Names of params that are shown whatever the width, and where they are all the same too. */
  readonly params?: readonly string[];
  readonly chalk: ChalkInstance;
  /** Sections of runs, each under its title where it has one. Numbered ones are ranked, and their first is marked. */
  readonly sections: readonly Section[];
  /** Shows when each began and how long it took. */
  readonly times?: boolean;
}

interface RunColumn extends Column {
  readonly cell: (run: ListedRun, place: number | null) => string;
}

/** The lines of the table; where columns had to be left out the last line says which. */
export function runTable(options: RunTableOptions): string[] {
  const runs = options.sections.flatMap((section) => section.runs);
  const columns = columnsOf(runs, options);
  const rows = options.sections.flatMap(({ runs: members, numbered }) =>
    members.map((run, i) => columns.map((column) => column.cell(run, numbered ? i + 1 : null))),
  );
  const { lines, dropped } = table(columns, rows, { ...options, heading: options.chalk.bold });
  const [heading = '', ...body] = lines;
  const wide = options.width ?? Number.POSITIVE_INFINITY;
  const drawn = options.sections.flatMap(({ title, runs: members }) => {
    const own = body.splice(0, members.length);
    return title === undefined ? own : [options.chalk.cyan(truncate(oneLine(title), wide)), ...own];
  });
  const unsteady = [...new Set(runs.flatMap((run) => run.nondeterministic))];
  const legend = `≠ not deterministic: with all that went in the same, ${oneLine(unsteady.join(', '))} came out otherwise`;
  return [
    ...[heading, ...drawn],
    ...noRoomLine(dropped, options.width, '; --columns and --csv have them').map((line) => options.chalk.dim(line)),
    ...(unsteady.length === 0 ? [] : [options.chalk.yellow(truncate(legend, wide))]),
  ];
}

function columnsOf(
  runs: readonly ListedRun[],
  { metrics, params: wanted = [], times = false, chalk, sections }: RunTableOptions,
): RunColumn[] {
  const params = [...new Set([...wanted, ...differingParams(runs)])];
  const titles = shortNames(namesIn(runs, 'params'), [...new Set([...namesIn(runs, 'metrics'), ...metrics])]);
  const titleOf = (name: string) => oneLine(titles.get(name) ?? name);
  const columns: readonly (RunColumn | false)[] = [
    sections.some((section) => section.numbered) && placeColumn,
    {
      title: 'run',
      cell: (run, place) => `${(place === 1 ? chalk.green : chalk.yellow)(short(run.configHash))}${mark(run)}`,
    },
    runs.some((run) => run.trial !== null) && trialColumn,
    (times || runs.some((run) => run.status !== 'complete')) && {
      title: 'status',
      cell: (run) => statusText(run, chalk),
    },
    ...(times ? timeColumns : []),
    ...params.map((name) => paramColumn(runs, name, titleOf(name), wanted.includes(name))),
    ...metrics.map((name, at): RunColumn => {
      const priority = at === 0 ? {} : { dropAfter: 2 };
      return { title: titleOf(name), align: 'right', ...priority, cell: (run) => metricText(run, name) };
    }),
    runs.some((run) => marksOf(run) !== '') && { title: 'tags', shrinkTo: 8, dropAfter: 1, cell: marksOf },
    times && runs.some((run) => run.note !== null) && noteColumn,
  ];
  return columns.filter((column) => column !== false);
}

const placeColumn: RunColumn = {
  ...{ title: '#', align: 'right' },
  cell: (_, place) => (place === null ? '' : String(place)),
};
const trialColumn: RunColumn = {
  ...{ title: 'trial', align: 'right', dropAfter: 1 },
  cell: ({ trial }) => (trial === null ? '' : String(trial)),
};
const noteColumn: RunColumn = {
  ...{ title: 'note', shrinkTo: 12, dropAfter: 0.5 },
  cell: ({ note }) => oneLine(note ?? ''),
};

/** @param isWanted it is shown whatever the width */
function paramColumn(runs: readonly ListedRun[], name: string, title: string, isWanted: boolean): RunColumn {
  const readParam = ({ params }: ListedRun) => (Object.hasOwn(params, name) ? params[name] : undefined);
  const text = briefColumn(runs.map(readParam).filter((value) => value !== undefined));
  const cell = (run: ListedRun) => {
    const value = readParam(run);
    return value === undefined ? '' : text(value);
  };
  return { title, shrinkTo: Math.max(8, title.length), ...(isWanted ? {} : { dropAfter: 3 }), cell };
}

/** What people said of it, in one cell. */
function marksOf({ tags, pinned }: ListedRun): string {
  return oneLine([...(pinned ? ['pinned'] : []), ...tags].join(', '));
}

/** A stage of it came out otherwise under the same key: its numbers are one draw of several. */
function mark({ nondeterministic }: ListedRun): string {
  return nondeterministic.length > 0 ? ' ≠' : '';
}

const timeColumns: readonly RunColumn[] = [
  { title: 'started', dropAfter: 2.5, cell: (run) => formatAgo(Date.parse(run.startedAt)) },
  {
    title: 'took',
    align: 'right',
    dropAfter: 2,
    cell: ({ durationMs }) => (durationMs === null ? '' : formatDuration(durationMs)),
  },
];

function statusText({ status }: ListedRun, chalk: ChalkInstance): string {
  if (status === 'complete') return status;
  return status === 'running' ? chalk.cyan(status) : chalk.red(status);
}

function metricText(run: ListedRun, name: string): string {
  const metric = run.metrics[name];
  if (metric === undefined) return '';
  return metric.value === null ? (metric.text ?? '') : formatNumber(metric.value);
}
