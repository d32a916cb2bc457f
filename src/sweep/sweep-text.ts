/** A study's outcome for people and for programs. */
import { short } from '../hash.ts';
import { formatNumber, formatValue } from '../logging/format.ts';
import { type Column, table } from '../logging/table.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { differingParams, type Leaderboard } from './leaderboard.ts';
import type { SweepSpec } from './spec.ts';
import type { StudyTrial } from './study.ts';

const shownTrials = 20;

/** One line for a trial that has been told; of a failed one with how to see what its last run printed. */
export function trialLine(spec: SweepSpec, { number, asked, told }: StudyTrial): string {
  const result = told?.value === undefined ? (told?.reason ?? '') : `${spec.metric.name} ${formatNumber(told.value)}`;
  const params = Object.entries(asked?.params ?? {}).map(([name, value]) => `${name}=${formatValue(value)}`);
  const last = told?.state === 'failed' ? told.runs.at(-1) : undefined;
  const logs = last === undefined ? [] : [`retrial logs ${short(last)}`];
  return [`trial ${number}`, told?.state ?? 'running', result, ...params, ...logs].join('  ');
}

/** The leaderboard, the best with how to reproduce it, and what a single run each can tell. */
export function leaderboardText(spec: SweepSpec, board: Leaderboard, width?: number): string {
  const names = differingParams(spec, board.ranked);
  const columns: Column[] = [
    { title: '#', align: 'right' },
    { title: 'trial', align: 'right' },
    { title: spec.metric.name, align: 'right' },
    ...names.map((title) => ({ title, shrinkTo: 6, dropAfter: 1 })),
    { title: 'run' },
  ];
  const rows = board.ranked
    .slice(0, shownTrials)
    .map((trial, at) => [
      ...[String(at + 1), String(trial.number), formatNumber(trial.value)],
      ...names.map((name) => cell(trial.asked?.params[name])),
      short(trial.told?.runs[0] ?? ''),
    ]);
  const more = board.ranked.length - rows.length;
  const { lines, dropped } = table(columns, rows, width === undefined ? {} : { width });
  return [
    ...lines,
    ...(dropped.length > 0 ? [`(no room for ${dropped.join(', ')})`] : []),
    ...(more > 0 ? [`and ${more} more: retrial runs --study ${spec.name}`] : []),
    ...board.failed.map((trial) => trialLine(spec, trial)),
    ...conclusion(spec, board),
  ].join('\n');
}

function cell(value: JsonValue | undefined): string {
  return value === undefined ? '' : formatValue(value);
}

function conclusion(spec: SweepSpec, board: Leaderboard): string[] {
  const [best, second] = board.ranked;
  const hash = best?.told?.runs[0];
  if (best === undefined || hash === undefined) return ['no trial has a value yet'];
  const lead =
    second === undefined
      ? ''
      : `; it leads the second by ${formatNumber(Math.abs(best.value - second.value))}${replicateNote(spec)}`;
  return [
    '',
    `best: trial ${best.number}, ${spec.metric.name} ${formatNumber(best.value)}${lead}`,
    `      retrial reproduce ${short(hash)}`,
  ];
}

function replicateNote(spec: SweepSpec): string {
  const { length } = spec.replicates;
  return length > 1
    ? ` (means over ${length} replicates)`
    : ', with one run a point: near values may change places under another seed';
}

/** The machine-readable result: a public interface. */
export function sweepJson(board: Leaderboard) {
  const [best] = board.ranked;
  const plain = ({ number, asked, told }: StudyTrial) => ({
    trial: number,
    state: told?.state ?? 'running',
    value: told?.value ?? null,
    params: asked?.params ?? {},
    runs: told?.runs ?? [],
    ...(told?.reason === undefined ? {} : { reason: told.reason }),
  });
  return {
    study: board.study,
    metric: board.metric,
    states: board.states,
    best: best === undefined ? null : { ...plain(best), interval: null },
    trials: [...board.ranked, ...board.failed].sort((a, b) => a.number - b.number).map(plain),
  };
}
