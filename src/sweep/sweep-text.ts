/** A study's outcome for people and for programs. */
import type { FinalTold, ReplicateTold } from '../events.ts';
import { short } from '../hash.ts';
import { armText, withVerdict } from '../logging/finalists-verdict.ts';
import { briefColumn, formatBriefly, formatNumber } from '../logging/format.ts';
import { type Column, noRoomLine, table } from '../logging/table.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { armOfFinal, chiefMetric, finalistsText } from './finalists-found.ts';
import type { Findings } from './findings.ts';
import { differingParams, type Leaderboard, type RankedTrial } from './leaderboard.ts';
import type { SweepSpec } from './spec.ts';
import type { StudyState, StudyTrial } from './study-state.ts';

const shownTrials = 20;

/** One line for a trial that has been told; of a failed one with how to see what its last run printed. */
export function trialLine(spec: SweepSpec, { number, asked, told }: StudyTrial): string {
  const name = told?.state === 'pruned' ? `${spec.pruned?.stage}.${spec.pruned?.series}` : spec.metrics[0].name;
  const value = told?.value === undefined ? [] : [`${name} ${formatNumber(told.value)}`];
  const reason = told?.reason === undefined ? [] : [told.reason];
  const params = Object.entries(asked?.params ?? {}).map(([param, set]) => `${param}=${formatBriefly(set)}`);
  const last = told?.state === 'failed' ? told.runs.at(-1) : undefined;
  const logs = last === undefined ? [] : [`retrial logs ${short(last)}`];
  return [`trial ${number}`, told?.state ?? 'running', ...value, ...reason, ...params, ...logs].join('  ');
}

/** One line for a further replicate of a trial in the race. */
export function replicateLine(spec: SweepSpec, { trial, replicate, values, reason }: ReplicateTold): string {
  const [{ name }] = spec.metrics;
  const came = values?.[0] === undefined ? `failed  ${reason ?? ''}` : `${name} ${formatNumber(values[0])}`;
  return `trial ${trial}  replicate ${replicate + 1} of ${spec.replicates.length}  ${came}`;
}

/** One line for a final run: of its metrics the one that the study was after. */
export function finalLine(
  spec: SweepSpec,
  state: StudyState,
  { trial, replicate, metrics = {}, reason }: FinalTold,
): string {
  const name = chiefMetric(spec, Object.keys(metrics));
  const came = metrics[name] === undefined ? [] : [`${name} ${formatNumber(metrics[name])}`];
  const ended = reason === undefined ? came : ['failed', reason];
  const arm = armText(armOfFinal(spec, state, trial));
  const words = [`trial ${trial}`, `final run ${replicate + 1} of ${spec.final?.replicates.length}`, ...ended, arm];
  return words.filter((word) => word !== '').join('  ');
}

/** The leaderboard, the best with how to reproduce it, and what can be told apart at all. */
export function leaderboardText(
  spec: SweepSpec,
  board: Leaderboard,
  found: Findings,
  state: StudyState,
  width?: number,
): string {
  const { ranked } = board;
  const names = differingParams(spec, ranked);
  const several = spec.replicates.length > 1;
  const columns: Column[] = [
    { title: '#', align: 'right' },
    { title: 'trial', align: 'right' },
    ...spec.metrics.map(({ name }): Column => ({ title: name, align: 'right' })),
    ...(several ? [{ title: '95 %', dropAfter: 2 }, { title: 'runs', align: 'right', dropAfter: 2 } as const] : []),
    ...names.map((title) => ({ title, shrinkTo: 6, dropAfter: 1 })),
    { title: 'run' },
  ];
  const front = new Set(board.front.map(({ number }) => number));
  const shown = ranked.slice(0, shownTrials);
  const cells = names.map((name) => paramCells(shown, name));
  const rows = shown.map((trial, at) => [
    ...[spec.metrics.length > 1 && front.has(trial.number) ? `${at + 1} *` : String(at + 1), String(trial.number)],
    ...trial.values.map((value) => formatNumber(value)),
    ...(several ? [intervalText(found.intervals.get(trial.number)?.interval), String(trial.scores.length)] : []),
    ...cells.map((cell) => cell(trial)),
    short(trial.told?.runs[0] ?? ''),
  ]);
  const more = ranked.length - rows.length;
  const { lines, dropped } = table(columns, rows, width === undefined ? {} : { width });
  return [
    ...(ranked.length > 0 ? lines : []),
    ...noRoomLine(dropped, width),
    ...(spec.metrics.length > 1 && ranked.length > 0 ? ['* no other trial is better in every metric'] : []),
    ...(more > 0 ? [`and ${more} more: retrial runs --study ${spec.name}`] : []),
    ...(board.pruned.length > 0 ? [`${board.pruned.length} pruned`] : []),
    ...board.failed.map((trial) => trialLine(spec, trial)),
    ...(board.spentPatience === undefined ? [] : [patienceText(spec, board, board.spentPatience)]),
    ...(board.mixed ? ['mixed: trials of other code or inputs are among these'] : []),
    ...conclusion(board, found),
    ...finalistsText(spec, state, found.finalists, width),
  ].join('\n');
}

function intervalText(interval: readonly [number, number] | undefined): string {
  return interval === undefined ? '' : `[${interval.map((end) => formatNumber(end)).join(', ')}]`;
}

function paramCells(trials: readonly StudyTrial[], name: string): (trial: StudyTrial) => string {
  const settingOf = ({ asked }: StudyTrial): JsonValue | undefined => asked?.params[name];
  const text = briefColumn(trials.flatMap((trial) => settingOf(trial) ?? []));
  return (trial) => {
    const value = settingOf(trial);
    return value === undefined ? '' : text(value);
  };
}

function patienceText({ budget }: SweepSpec, { states }: Leaderboard, patience: number): string {
  const { complete = 0, failed = 0, pruned = 0 } = states;
  const count = patience === 1 ? 'finished trial' : `${patience} finished trials`;
  return `its patience ended it after ${complete + failed + pruned} of ${budget.trials} trials: the last ${count} brought nothing better`;
}

function conclusion({ metrics: [metric], ranked }: Leaderboard, { best, verdict, arms }: Findings): string[] {
  const hash = best?.told?.runs[0];
  if (best === undefined || hash === undefined || metric === undefined) return [verdict];
  return [
    '',
    `best: trial ${best.number}, ${metric.name} ${formatNumber(best.value)}`,
    ...(ranked.length > 1 ? [`      ${verdict}`] : []),
    `      retrial reproduce ${short(hash)}`,
    ...(arms.length > 0 ? ['', ...arms] : []),
  ];
}

/** The machine-readable result: a public interface. */
export function sweepJson(board: Leaderboard, found: Findings, state: StudyState) {
  const plain = ({ number, asked, told, more }: StudyTrial) => ({
    trial: number,
    state: told?.state ?? 'running',
    value: told?.value ?? null,
    params: asked?.params ?? {},
    runs: [...(told?.runs ?? []), ...more.flatMap(({ run }) => run ?? [])],
    ...(told?.reason === undefined ? {} : { reason: told.reason }),
    ...(told?.step === undefined ? {} : { step: told.step }),
    ...(told?.cost === undefined ? {} : { cost: told.cost }),
  });
  const scored = (trial: RankedTrial) => {
    const estimate = found.intervals.get(trial.number);
    const rest = { ...plain(trial), value: trial.value, replicates: trial.scores };
    return {
      ...rest,
      ...(board.metrics.length > 1 ? { values: trial.values } : {}),
      interval: estimate?.interval ?? null,
      ...(estimate === undefined ? {} : { intervalNote: estimate.how }),
    };
  };
  const all = [...board.ranked.map(scored), ...[...board.pruned, ...board.failed].map(plain)];
  return {
    study: board.study,
    ...(board.metrics.length > 1 ? { metrics: board.metrics } : { metric: board.metrics[0] }),
    states: board.states,
    ...(board.mixed ? { mixed: true } : {}),
    best: found.best === undefined ? null : scored(found.best),
    verdict: found.verdict,
    ...(board.metrics.length > 1 ? { front: board.front.map(({ number }) => number) } : {}),
    trials: all.sort((a, b) => a.trial - b.trial),
    ...(state.finals.length > 0
      ? {
          finals: state.finals.map(({ trial, replicate, run, metrics, reason }) => ({
            ...{ trial, replicate, run: run ?? null, metrics: metrics ?? {} },
            ...(reason === undefined ? {} : { reason }),
          })),
        }
      : {}),
    ...(found.finalists === undefined ? {} : { finalists: withVerdict(found.finalists) }),
  };
}
