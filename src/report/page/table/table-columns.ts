/** The columns of the table of runs: which there are, and which are usually shown. */
import { namesIn } from '../../names-in.ts';
import type { PageState } from '../state.ts';
import type { Subject } from './table-cells.ts';

export interface Column {
  readonly id: string;
  readonly subject: Subject;
  readonly title: string;
  /** Shown as long as the reader says nothing else. */
  readonly isUsual: boolean;
}

const mostMetrics = 4;
const mostMetricsUnranked = 6;

export function columnsOf({ comparison, differing, rankBy, paramName }: PageState): Column[] {
  const { runs, metrics, study } = comparison;
  const ranked = rankBy === undefined ? [] : [rankBy];
  const others = Object.keys(metrics).filter((name) => name !== rankBy);
  const withGoal = others.filter((name) => metrics[name]?.goal !== null);
  const shown = new Set([
    ...ranked,
    ...withGoal.slice(0, rankBy === undefined ? mostMetricsUnranked : mostMetrics - 1),
  ]);
  const own = (
    kind: Exclude<Subject['kind'], 'param' | 'metric' | 'count'>,
    title: string,
    isUsual = true,
  ): Column => ({
    ...{ id: kind, subject: { kind }, title, isUsual },
  });
  const named = (kind: 'param' | 'metric', name: string, title: string, isUsual: boolean): Column => ({
    ...{ id: `${kind} ${name}`, subject: { kind, name }, title, isUsual },
  });
  return [
    own('run', 'Run'),
    own('trial', 'Trial', study !== undefined),
    own('status', 'Status'),
    ...namesIn(runs, 'params').map((name) => named('param', name, paramName(name), differing.includes(name))),
    ...[...ranked, ...others].map((name) => named('metric', name, name, shown.has(name))),
    own('started', 'Started', false),
    own('took', 'Took'),
    own('notes', 'Notes'),
  ];
}

/** Of settings: how many values each mean of the ranked metric is of, behind its name. */
export function columnsOfSettings(columns: readonly Column[], rankBy: string | undefined): Column[] {
  const count: Column = { id: 'count', subject: { kind: 'count', metric: rankBy }, title: 'n', isUsual: true };
  return columns.flatMap((column) => (column.id === 'run' ? [column, count] : [column]));
}
