/** How a study stands, in a few lines: counts, the best so far, and what each running trial is at. */
import type { RetrialEvent } from '../events.ts';
import { formatBriefly, formatDuration, formatNumber } from '../logging/format.ts';
import { leaderboard } from './leaderboard.ts';
import { trialsInBudget } from './open-numbers.ts';
import { counts } from './seen.ts';
import { spark } from './spark.ts';
import type { SweepSpec } from './spec.ts';
import { phaseOf, type StudyState, type StudyTrial } from './study-state.ts';
import { isHeld } from './trial-record.ts';

export interface LiveStudy {
  event(event: RetrialEvent): void;
  lines(state: StudyState): string[];
}

interface RunningRun {
  readonly trial: number;
  stage?: string;
  point?: string;
  /** Seen while its trial was not told: it is one of the trial's own. */
  own?: boolean;
}

const shownPoints = 24;

export function liveStudy(spec: SweepSpec, now: () => number = performance.now.bind(performance)): LiveStudy {
  const startedMs = now();
  const runs = new Map<string, RunningRun>();
  const results = { fresh: 0, ran: 0 };
  let finishedBefore: number | undefined;
  return {
    event(event) {
      if (event.type === 'run-started' && event.study !== undefined)
        runs.set(keyOf(event), { trial: event.study.trial });
      if (event.type === 'run-finished') runs.delete(keyOf(event));
      if (event.type === 'stage-finished') {
        if (event.outcome === 'cached' || event.outcome === 'fresh') results.fresh++;
        if (event.outcome === 'ran') results.ran++;
      }
      const run = 'id' in event ? runs.get(keyOf(event)) : undefined;
      if (run === undefined) return;
      if (event.type === 'stage-started') Object.assign(run, { stage: event.stage, point: undefined });
      if (event.type === 'stage-point') {
        const [shown] = Object.entries(event.values);
        run.stage = event.stage;
        if (shown !== undefined) run.point = `step ${event.step}  ${shown[0]} ${formatNumber(shown[1])}`;
      }
    },
    lines(state) {
      const board = leaderboard(spec, state);
      const { complete = 0, failed = 0, pruned = 0 } = board.states;
      const done = complete + failed + pruned;
      finishedBefore ??= done;
      const phase = phaseOf(state);
      const running = [...state.trials.values()].filter((trial) => isHeld(trial) && counts(spec, trial, phase));
      const further = furtherRuns(runs.values(), state);
      const elapsedMs = now() - startedMs;
      const [best] = board.ranked;
      const trials = trialsInBudget(spec, state, phase);
      const said = [`${done} of ${trials} trials`, `${running.length} running`];
      if (further.length > 0) said.push(`${further.length} further ${further.length === 1 ? 'run' : 'runs'}`);
      if (pruned > 0) said.push(`${pruned} pruned`);
      if (failed > 0) said.push(`${failed} failed`);
      if (results.fresh > 0) said.push(`${results.fresh} of ${results.fresh + results.ran} stages from the cache`);
      said.push(formatDuration(elapsedMs));
      const left = timeLeft(done - finishedBefore, trials - done, elapsedMs);
      if (left !== undefined) said.push(`about ${formatDuration(left)} left`);
      const byTrial = new Map([...runs.values()].map((run) => [run.trial, run]));
      return [
        said.join(' · '),
        ...(best === undefined ? [] : [bestLine(spec, best)]),
        ...running.map((trial) => runningLine(trial, byTrial.get(trial.number))),
        ...further.map(({ trial, stage, point }) => shownParts([`  trial ${trial}, further run`, stage, point])),
      ];
    },
  };
}

function keyOf(event: { readonly id: { readonly configHash: string; readonly attempt: number } }): string {
  return `${event.id.configHash}@${event.id.attempt}`;
}

function timeLeft(done: number, open: number, elapsedMs: number): number | undefined {
  return done < 2 || open <= 0 ? undefined : (elapsedMs / done) * open;
}

function bestLine(
  { metrics: [{ name }] }: SweepSpec,
  { number, value, asked }: StudyTrial & { value: number },
): string {
  const params = Object.entries(asked?.params ?? {}).map(([param, set]) => `${param}=${formatBriefly(set)}`);
  return `best ${name} ${formatNumber(value)}  trial ${number}  ${params.join('  ')}`;
}

function runningLine({ number, curves }: StudyTrial, run: RunningRun | undefined): string {
  const curve = (curves.at(-1) ?? []).map(({ value }) => Number(value)).slice(-shownPoints);
  return shownParts([`  trial ${number}`, run?.stage, run?.point, curve.length > 1 ? spark(curve) : undefined]);
}

function shownParts(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('  ');
}

/** Runs of trials that are told: more replicates of those in the race, and final runs. */
function furtherRuns(runs: Iterable<RunningRun>, { trials }: StudyState): RunningRun[] {
  const further: RunningRun[] = [];
  for (const run of runs) {
    if (trials.get(run.trial)?.told === undefined) run.own = true;
    else if (run.own !== true) further.push(run);
  }
  return further;
}
