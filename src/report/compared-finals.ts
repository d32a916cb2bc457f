/** What the final runs of a study came to: the number that is told of its best, measured once. */
import { UserError } from '../errors.ts';
import { canonicalJson } from '../hash.ts';
import { withVerdict } from '../logging/finalists-verdict.ts';
import { isAlike } from '../pipeline/metric-names.ts';
import { flatten, isMap } from '../pipeline/param-tree.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import { groupOf } from '../record/comparable-group.ts';
import type { FinalRun } from '../record/final-runs.ts';
import { type Finalist, type FinalistsAsked, finalistsOf, soughtAmong } from '../record/finalists.ts';
import type { Index } from '../record/open-index.ts';
import type { FinalRow, StudyRow, TrialRow } from '../record/rows.ts';
import { type Searched, surpassedBy } from '../record/surpassed.ts';
import type { Layout } from '../store/layout.ts';
import type { ComparedStudy, Comparison } from './comparison.ts';
import { finalistNamed } from './finalist-named.ts';
import { metricNamed } from './named.ts';
import type { RunRows } from './record-rows.ts';
import { armParams, finalsWanted } from './study-of.ts';

/** What is asked of the final runs alone. */
export interface FinalsOptions {
  /** Of the last stage, in full or its last part; that of the study where absent. */
  readonly metric?: string | undefined;
  /** Which of them the others are compared with, as a person types it; the best where absent. */
  readonly baseline?: string | undefined;
}

export interface OfStudy {
  readonly row: StudyRow | undefined;
  readonly study: ComparedStudy | undefined;
  readonly runs: readonly RunRows[];
  readonly goalOf: (metric: string) => Goal | null;
  /** Runs that a filter left out: of a trial with one of these nothing is said. */
  readonly out: ReadonlySet<string>;
}

/** Throws UserError for a metric that they have not, or that has no goal, and for a baseline that is none of them. */
export async function comparedFinals(
  index: Index,
  layout: Layout,
  { row, study, runs: rows, goalOf, out }: OfStudy,
  { metric: typed, baseline }: FinalsOptions = {},
): Promise<Pick<Comparison, 'finalists'>> {
  if (row === undefined || study === undefined) return {};
  const all = await index.finals(study.name);
  const left = new Set(
    all.flatMap(({ trial, configHash }) => (configHash !== null && out.has(configHash) ? trial : [])),
  );
  const finals = all.filter(({ trial }) => !left.has(trial));
  if (finals.length === 0) return {};
  const names = [...new Set(finals.flatMap(({ metrics }) => Object.keys(metrics)))];
  const asked = await askedOf(index, row, study, goalOf, all);
  if (typed !== undefined && typed === asked.sought && !names.includes(typed))
    throw new UserError(
      `${typed} is the metric of the search, which final runs have not`,
      `they have ${soughtAmong(names, asked)}, and other metrics of that stage`,
    );
  const metric = typed === undefined ? soughtAmong(names, asked) : metricNamed(typed, names);
  if (typed !== undefined && asked.goalOf(metric) === null)
    throw new UserError(
      `${metric} has no goal to compare by`,
      'say in pipeline.yaml whether to maximize or minimize it',
    );
  const runs = finals.map((final) => finalRun(final, row, study, rows, metric));
  const reference = baseline === undefined ? undefined : finalistNamed(baseline, runs, metric, asked.armOf);
  const finalists = await finalistsOf(layout, runs, {
    ...asked,
    metric,
    reference,
    ...(out.size > 0 ? { without: 0, surpassed: [] } : {}),
  });
  return finalists === undefined ? {} : { finalists: withVerdict(finalists) };
}

/** Of its own metric the goal is as the study says, whichever stage it is of. */
async function askedOf(
  index: Index,
  row: StudyRow,
  { metric: searched }: ComparedStudy,
  goalOf: OfStudy['goalOf'],
  finals: readonly FinalRow[],
): Promise<FinalistsAsked> {
  const { name: sought, goal } = searched;
  const { until, replicates, top } = finalsWanted(row.spec);
  const all = await index.trials(row.name);
  const trials = new Map(all.map((trial) => [trial.trial, trial]));
  const armOf = (trial: number) => armIn(armParams(row.spec), trials.get(trial)?.params ?? {});
  const found = all.flatMap(({ trial, state, value }): Searched[] =>
    state === 'complete' && value !== null ? [{ trial, value, arm: canonicalJson(armOf(trial)) }] : [],
  );
  const begun = new Set(finals.map(({ trial }) => trial));
  return {
    ...{ sought, until, armOf, seeds: replicates.length },
    goalOf: (name) => (isAlike(name, sought) ? goal : goalOf(name)),
    without: withoutAny(found, top, begun),
    surpassed: surpassedBy(
      found.filter(({ trial }) => trial >= Math.min(...begun)), // those before them are of other code
      begun,
      searched,
    ),
  };
}

/** The params that the study takes the best of each of. */
function armIn(names: readonly string[], params: TrialRow['params']): Finalist['arm'] {
  return Object.fromEntries(names.flatMap((one) => (Object.hasOwn(params, one) ? [[one, params[one] ?? null]] : [])));
}

/** Of each arm so many of its complete trials are to be run. */
function withoutAny(found: readonly Searched[], top: number, begun: ReadonlySet<number>): number {
  const arms = new Map<string, { begun: number; others: number }>();
  for (const { trial, arm: key } of found) {
    const arm = arms.get(key) ?? { begun: 0, others: 0 };
    arms.set(key, arm);
    if (begun.has(trial)) arm.begun += 1;
    else arm.others += 1;
  }
  return [...arms.values()].reduce((sum, arm) => sum + Math.max(0, Math.min(arm.others, top - arm.begun)), 0);
}

function finalRun(
  { trial, replicate, configHash, metrics, reason }: FinalRow,
  { spec }: StudyRow,
  study: ComparedStudy,
  rows: readonly RunRows[],
  metric: string,
): FinalRun {
  const row = rows.find(({ run }) => run.configHash === configHash);
  const found = row?.metrics.find(({ name }) => name === metric);
  const [param = 'seed'] = study.replicates;
  const seed = recordedSeed(spec, replicate) ?? (row === undefined ? undefined : flatten(row.run.params)[param]);
  return {
    ...{ trial, replicate, seed: seed ?? null, run: configHash, metrics, reason },
    ...(found === undefined ? {} : { group: groupOf(found) }),
  };
}

/** As the sweep file says. */
function recordedSeed(spec: JsonValue, replicate: number): JsonValue | undefined {
  const one = finalsWanted(spec).replicates[replicate];
  return isMap(one) ? Object.values(one)[0] : undefined;
}
