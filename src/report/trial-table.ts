/** The trials of a study by their means, as text: what several seeds or folds of a setting came to. */
import type { ChalkInstance } from 'chalk';
import { short } from '../hash.ts';
import { briefColumn, formatNumber, oneLine } from '../logging/format.ts';
import { type Column, noRoomLine, table } from '../logging/table.ts';
import type { JsonValue } from '../pipeline/types.ts';
import type { ComparedRun, ComparedTrial, Comparison } from './comparison.ts';
import { namesIn } from './names-in.ts';
import { differingParams, shortNames } from './ranking.ts';

export interface TrialTableOptions {
  readonly width?: number;
  readonly chalk: ChalkInstance;
  /** At most so many trials of each group. */
  readonly limit?: number;
}

/** The first run of each is the one to reproduce, as in the leaderboard of the sweep. */
export function trialTable(comparison: Comparison, metric: string, options: TrialTableOptions): string[] {
  const { trials = [], groups, study } = comparison;
  const { chalk, limit = trials.length } = options;
  const runs = new Map(comparison.runs.map((run) => [run.configHash, run]));
  const firsts = trials.flatMap(({ runs: [hash = ''] }) => runs.get(hash) ?? []);
  const params = differingParams(firsts).filter((name) => study?.replicates.includes(name) !== true);
  const sections = [...new Set(trials.map(({ group }) => group))].map((group) => ({
    label: groups[group]?.label ?? '',
    trials: trials.filter((trial) => trial.group === group).slice(0, limit),
  }));
  const settings = params.map((name): ParamColumn => {
    const shown = sections.flatMap((section) =>
      section.trials.flatMap(({ runs: [hash = ''] }) => runs.get(hash) ?? []),
    );
    return { name, text: briefColumn(shown.flatMap((run) => run.params[name] ?? [])) };
  });
  const rows = sections.flatMap((section) =>
    section.trials.map((trial, at) => cells(trial, at, runs, settings, metric, chalk, hasIntervals(trials))),
  );
  const { lines, dropped } = table(columnsOf(comparison, metric, params), rows, { ...options, heading: chalk.bold });
  const [heading = '', ...body] = lines;
  const drawn = sections.flatMap(({ label, trials: members }) => {
    const own = body.splice(0, members.length);
    return sections.length === 1 || label === '' ? own : [chalk.cyan(oneLine(label)), ...own];
  });
  return [heading, ...drawn, ...noRoomLine(dropped, options.width, '').map((line) => chalk.dim(line))];
}

function columnsOf({ runs, trials }: Comparison, metric: string, params: readonly string[]): Column[] {
  const titles = shortNames(namesIn(runs, 'params'));
  const right = { align: 'right' } as const;
  return [
    ...[
      { title: '#', ...right },
      { title: 'trial', ...right },
      { title: `mean of ${oneLine(metric)}`, ...right },
    ],
    { title: 'least … most', ...right, dropAfter: 2 },
    ...(hasIntervals(trials) ? [{ title: '95 %', ...right, dropAfter: 2 }] : []),
    ...params.map((name) => ({ title: oneLine(titles.get(name) ?? name), shrinkTo: 6, dropAfter: 3 })),
    { title: 'first run' },
  ];
}

function hasIntervals(trials: Comparison['trials'] = []): boolean {
  return trials.some(({ interval }) => interval !== undefined);
}

interface ParamColumn {
  readonly name: string;
  readonly text: (value: JsonValue) => string;
}

function cells(
  { trial, value, interval, runs: hashes }: ComparedTrial,
  at: number,
  runs: ReadonlyMap<string, ComparedRun>,
  params: readonly ParamColumn[],
  metric: string,
  chalk: ChalkInstance,
  withIntervals: boolean,
): string[] {
  const [first = ''] = hashes;
  const settings = params.map(({ name, text }) => {
    const set = runs.get(first)?.params[name];
    return set === undefined ? '' : text(set);
  });
  const values = hashes.flatMap((hash) => runs.get(hash)?.metrics[metric]?.value ?? []);
  const range =
    values.length === 0 ? '' : `${formatNumber(Math.min(...values))} … ${formatNumber(Math.max(...values))}`;
  const within = interval === undefined ? '' : `[${interval.map((end) => formatNumber(end)).join(', ')}]`;
  const color = at === 0 ? chalk.green : chalk.yellow;
  return [
    String(at + 1),
    String(trial),
    formatNumber(value),
    range,
    ...(withIntervals ? [within] : []),
    ...settings,
    color(short(first)),
  ];
}
