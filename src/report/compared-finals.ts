/** What the final runs of a study came to: the number that is told of its best, measured once. */
import { UserError } from '../errors.ts';
import { withVerdict } from '../logging/finalists-verdict.ts';
import { isAlike } from '../pipeline/metric-names.ts';
import { flatten, isMap } from '../pipeline/param-tree.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import { groupOf } from '../record/comparable-group.ts';
import type { FinalRun } from '../record/final-runs.ts';
import { type FinalistsAsked, finalistsOf, soughtAmong } from '../record/finalists.ts';
import type { Index } from '../record/open-index.ts';
import type { FinalRow, StudyRow } from '../record/rows.ts';
import type { Layout } from '../store/layout.ts';
import type { ComparedStudy, Comparison } from './comparison.ts';
import { finalistNamed } from './finalist-named.ts';
import { metricNamed } from './named.ts';
import type { RunRows } from './record-rows.ts';
import { armParams } from './study-of.ts';

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
  const asked = await askedOf(index, row, study, goalOf);
  const metric = typed === undefined ? soughtAmong(names, asked) : metricNamed(typed, names);
  if (typed !== undefined && asked.goalOf(metric) === null)
    throw new UserError(
      `${metric} has no goal to compare by`,
      'say in pipeline.yaml whether to maximize or minimize it',
    );
  const runs = finals.map((final) => finalRun(final, row, study, rows, metric));
  const reference = baseline === undefined ? undefined : finalistNamed(baseline, runs, metric, asked.armOf);
  const finalists = await finalistsOf(layout, runs, { ...asked, metric, reference });
  return finalists === undefined ? {} : { finalists: withVerdict(finalists) };
}

/** Of its own metric the goal is as the study says, whichever stage it is of. */
async function askedOf(
  index: Index,
  row: StudyRow,
  { metric: { name: sought, goal } }: ComparedStudy,
  goalOf: OfStudy['goalOf'],
): Promise<FinalistsAsked> {
  const until = isMap(row.spec) && isMap(row.spec.final) ? row.spec.final.until : undefined;
  return {
    ...{ sought, until: typeof until === 'string' ? until : undefined },
    goalOf: (name) => (isAlike(name, sought) ? goal : goalOf(name)),
    armOf: await armsOf(index, row),
  };
}

/** By the params that the study takes the best of each of. */
async function armsOf(index: Index, { name, spec }: StudyRow): Promise<FinalistsAsked['armOf']> {
  const names = armParams(spec);
  const trials = new Map((await index.trials(name)).map(({ trial, params }) => [trial, params ?? {}]));
  return (trial) => {
    const params = trials.get(trial) ?? {};
    return Object.fromEntries(names.flatMap((one) => (Object.hasOwn(params, one) ? [[one, params[one] ?? null]] : [])));
  };
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
  const final = isMap(spec) && isMap(spec.final) ? spec.final.replicates : undefined;
  const one = Array.isArray(final) ? (final[replicate] as JsonValue) : undefined;
  return isMap(one) ? Object.values(one)[0] : undefined;
}
