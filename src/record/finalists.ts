/**
 * The final runs of a study as plain data: what each finalist came to on the held-out part, and by how much it differs from
 * one of them, by the same statistics as the search's verdict.
 */
import type { ConfigHash } from '../hash.ts';
import { isAlike } from '../pipeline/metric-names.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import { bestOf, type Comparison, comparedWith, type ReplicatedTrial } from '../statistics/compared-with-best.ts';
import { interval } from '../statistics/estimate.ts';
import type { Layout } from '../store/layout.ts';
import { unitScores } from '../store/unit-scores.ts';
import { type FinalRun, type MeasuredTrial, measuredTrials } from './final-runs.ts';

export interface Finalists {
  /** What they are compared by, of the last stage: `evaluate.ndcg@10`. */
  readonly metric: string;
  /** null where nothing says which values are better: then none is compared with another. */
  readonly goal: Goal | null;
  /** Its other metrics. */
  readonly others: readonly string[];
  /** The trial that the others are compared with; null where there is none. */
  readonly reference: number | null;
  /** Whether that is the best of them, and no other one that was chosen. */
  readonly isBest: boolean;
  /** Best first: those with the most seeds, as fewer may have been lucky; then what is not comparable; last what has no value. */
  readonly rows: readonly Finalist[];
}

export interface Finalist {
  readonly trial: number;
  /** The params of which it is the best: `{"model.loss": "wgan"}`. */
  readonly arm: Readonly<Record<string, JsonValue>>;
  readonly values: readonly FinalValue[];
  /** Of those runs that have a value; null where none has. */
  readonly mean: number | null;
  /** 95 %. */
  readonly interval: readonly [low: number, high: number] | null;
  /** By what method the interval is; without one why there is none. */
  readonly how: string;
  /** Of its other metrics. */
  readonly means: Readonly<Record<string, number>>;
  /** null of the reference itself, and of what cannot be compared with it. */
  readonly against: Against | null;
  /** Why it is not compared: its values are of another comparable group. */
  readonly apart?: true;
}

export interface FinalValue {
  readonly replicate: number;
  /** The value of the replicated param, where it is on record. */
  readonly seed: JsonValue;
  readonly run: ConfigHash | null;
  readonly value: number | null;
  readonly reason?: string;
}

/** Its values less the reference's, under the seeds that both have. */
export interface Against {
  readonly seeds: number;
  readonly difference: number;
  readonly interval: readonly [low: number, high: number] | null;
  /** Two-sided; null where there is too little to tell. */
  readonly p: number | null;
  /** After Holm over all comparisons of the table. */
  readonly holm: number | null;
  readonly how: string;
  /** Why nothing is tested: the same under enough seeds, and no units. */
  readonly alike?: true;
}

export interface FinalistsAsked {
  /** The metric in full; else that of `sought`. */
  readonly metric?: string | undefined;
  /** What the search was after: the metric of the last stage with the same last part is meant. */
  readonly sought: string;
  readonly goalOf: (metric: string) => Goal | null;
  readonly armOf: (trial: number) => Finalist['arm'];
  /** The trial to compare with, which has a value; the best where none is named. */
  readonly reference?: number | undefined;
}

/** Of more trials the units are not read, as in the search. */
const mostWithUnits = 50;

/** @returns undefined without any final run */
export async function finalistsOf(
  layout: Layout,
  runs: readonly FinalRun[],
  asked: FinalistsAsked,
): Promise<Finalists | undefined> {
  if (runs.length === 0) return undefined;
  const names = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))];
  const metric = asked.metric ?? soughtAmong(names, asked);
  const goal = asked.goalOf(metric);
  const measured = measuredTrials(runs, metric, goal);
  const replicated = await withUnits(layout, measured, metric);
  const reference = referenceOf(measured, replicated, goal, asked.reference);
  const group = measured.find(({ trial }) => trial === reference?.number)?.group;
  const compared = replicated.filter(({ number }) =>
    measured.some((one) => one.trial === number && one.group === group),
  );
  const comparisons = reference === undefined || goal === null ? [] : comparedWith(reference, compared, goal);
  const others = names.filter((name) => name !== metric);
  return {
    ...{ metric, goal, others, reference: reference?.number ?? null, isBest: asked.reference === undefined },
    rows: measured.map((one) => ({
      ...{ trial: one.trial, arm: asked.armOf(one.trial), values: one.values, means: one.means },
      ...estimated(replicated.find(({ number }) => number === one.trial)),
      against: againstOf(
        comparisons.find(({ trial }) => trial === one.trial),
        goal,
      ),
      ...(one.mean !== null && reference !== undefined && one.group !== group ? { apart: true } : {}),
    })),
  };
}

/** As the last stage has it; else the first of its metrics of which it is said which values are better. */
export function soughtAmong(
  names: readonly string[],
  { sought, goalOf }: Pick<FinalistsAsked, 'sought' | 'goalOf'>,
): string {
  return (
    names.find((name) => isAlike(name, sought)) ?? names.find((name) => goalOf(name) !== null) ?? names[0] ?? sought
  );
}

/** Those that have a value. */
async function withUnits(
  layout: Layout,
  measured: readonly MeasuredTrial[],
  metric: string,
): Promise<ReplicatedTrial[]> {
  const valued = measured.filter(({ mean }) => mean !== null);
  const units = await unitScores(
    layout,
    valued
      .slice(0, mostWithUnits)
      .map(({ values }) => values.flatMap(({ run, value }) => (value === null ? [] : (run ?? [])))),
    metric,
  );
  return valued.map(({ trial, values }, at) => {
    const had = values.flatMap(({ replicate, value }) => (value === null ? [] : [{ replicate, value }]));
    const scores = units[at];
    return {
      ...{ number: trial, values: had.map(({ value }) => value), replicates: had.map(({ replicate }) => replicate) },
      ...(scores === undefined ? {} : { units: scores }),
    };
  });
}

/** The one that was named; else the best of those that may be ranked together and are the most. */
function referenceOf(
  measured: readonly MeasuredTrial[],
  replicated: readonly ReplicatedTrial[],
  goal: Goal | null,
  named: number | undefined,
): ReplicatedTrial | undefined {
  if (named !== undefined) return replicated.find(({ number }) => number === named);
  const [first] = measured;
  const ranked = replicated.filter(({ number }) =>
    measured.some(({ trial, group }) => trial === number && group === first?.group),
  );
  return goal === null || ranked.length === 0 ? undefined : bestOf(ranked, goal);
}

function estimated(replicated: ReplicatedTrial | undefined): Pick<Finalist, 'mean' | 'interval' | 'how'> {
  if (replicated === undefined) return { mean: null, interval: null, how: 'no interval: no run has a value' };
  const { mean, interval: range, how } = interval(replicated);
  return { mean, interval: range ?? null, how };
}

/** An advantage of the reference becomes what the other has more. */
function againstOf(comparison: Comparison | undefined, goal: Goal | null): Against | null {
  if (comparison === undefined || comparison.differences.length === 0) return null;
  const { differences, mean, test, how, alike } = comparison;
  const turned = (value: number) => (goal === 'maximize' ? 0 - value : value);
  const [low, high] = (test?.interval ?? [0, 0]).map(turned).sort((a, b) => a - b) as [number, number];
  return {
    ...{ seeds: differences.length, difference: turned(mean), interval: test === undefined ? null : [low, high] },
    ...{ p: test?.p ?? null, holm: test?.holm ?? null, how, ...(alike === undefined ? {} : { alike }) },
  };
}
