/** What the final runs of a study came to, from its events. */
import type { FinalTold } from '../events.ts';
import { finalistsTable } from '../logging/finalists-table.ts';
import { declaredGoal } from '../pipeline/metric-goals.ts';
import { isAlike } from '../pipeline/metric-names.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import type { FinalRun } from '../record/final-runs.ts';
import { type Finalists, finalistsOf, soughtAmong } from '../record/finalists.ts';
import type { Layout } from '../store/layout.ts';
import { finalGroup } from './final-group.ts';
import { finalists, finalsDue } from './finals.ts';
import type { Leaderboard } from './leaderboard.ts';
import type { SweepSpec } from './spec.ts';
import type { StudyState } from './study-state.ts';
import { surpassedFinalists } from './surpassed-finalists.ts';

/** @returns undefined where none has run */
export async function finalistsFound(
  spec: SweepSpec,
  state: StudyState,
  board: Leaderboard,
  layout: Layout,
): Promise<Finalists | undefined> {
  const trials = new Set(finalists(spec, state));
  const begun = new Set(state.finals.map(({ trial }) => trial));
  const finals = state.finals.filter(({ trial }) => trials.has(trial));
  const [{ name: sought }] = spec.metrics;
  const metric = chiefMetric(spec, [...new Set(finals.flatMap(({ metrics }) => Object.keys(metrics ?? {})))]);
  const runs = await Promise.all(finals.map((told) => finalRun(spec, layout, told, metric)));
  return await finalistsOf(layout, runs, {
    ...{ metric, sought, until: spec.final?.until },
    goalOf: (metric) => goalOfFinal(spec, metric),
    armOf: (trial) => armOfFinal(spec, state, trial),
    ...{ seeds: spec.final?.replicates.length, without: [...trials].filter((trial) => !begun.has(trial)).length },
    surpassed: surpassedFinalists(spec, state, board, trials),
  });
}

/** What its group of trials has in common that the study takes the best of. */
export function armOfFinal(spec: SweepSpec, state: StudyState, trial: number): Readonly<Record<string, JsonValue>> {
  const params = state.trials.get(trial)?.asked?.params ?? {};
  return Object.fromEntries(
    (spec.final?.per ?? []).flatMap((one) => (one in params ? [[one, params[one] ?? null]] : [])),
  );
}

/** The one metric that is named first of a final run: what the study was after, as its last stage has it. */
export function chiefMetric(spec: SweepSpec, names: readonly string[]): string {
  const [{ name: sought }] = spec.metrics;
  return soughtAmong(names, { sought, until: spec.final?.until, goalOf: (metric) => goalOfFinal(spec, metric) });
}

async function finalRun(
  { final, pipeline }: SweepSpec,
  layout: Layout,
  { trial, replicate, run, metrics, reason }: FinalTold,
  metric: string,
): Promise<FinalRun> {
  const [seed] = Object.values(final?.replicates[replicate] ?? {});
  return {
    ...{ trial, replicate, seed: seed ?? null, run: run ?? null, metrics: metrics ?? {} },
    ...{ reason: reason ?? null, group: await finalGroup(pipeline, layout, run, metric) },
  };
}

/** As the search has it, of a metric it was after; else as the pipeline says. */
function goalOfFinal({ metrics, pipeline }: SweepSpec, metric: string): Goal | null {
  return metrics.find(({ name }) => isAlike(name, metric))?.goal ?? declaredGoal(pipeline, metric);
}

/** The table and what it tells; and how many final runs are still to come. */
export function finalistsText(
  spec: SweepSpec,
  state: StudyState,
  found: Finalists | undefined,
  width?: number,
): string[] {
  if (found === undefined) return [];
  const left = finalsDue(spec, state).length;
  return [
    '',
    `final runs, up to ${spec.final?.until}:`,
    ...finalistsTable(found, width === undefined ? {} : { width }),
    ...(left === 0
      ? []
      : [`${left} final ${left === 1 ? 'run is' : 'runs are'} still to come: the same command goes on`]),
  ];
}
