/**
 * The final runs of a study as plain data: what each finalist came to on the held-out part, and by how much it differs from
 * one of them, by the same statistics as the search's verdict.
 */
import type { ConfigHash } from '../hash.ts';
import { isAlike, splitName } from '../pipeline/metric-names.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import { bestOf, type Comparison } from '../statistics/compared-with-best.ts';
import type { Estimate } from '../statistics/estimate.ts';
import type { Layout } from '../store/layout.ts';
import { estimatedFinals, replicatedTrial } from './estimated-finals.ts';
import { type FinalRun, type MeasuredTrial, measuredTrials } from './final-runs.ts';
import type { Surpassed } from './surpassed.ts';

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
  /** How many others, as far as it is known, are still without any final run. */
  readonly without: number;
  /** What came after them and is better in the search. */
  readonly surpassed: readonly Surpassed[];
  /** Best first: those with the most seeds, as fewer may have been lucky; then what is not comparable; last what has no value. */
  readonly rows: readonly Finalist[];
}

export interface Finalist {
  readonly trial: number;
  /** The params of which it is the best: `{"model.loss": "wgan"}`. */
  readonly arm: Readonly<Record<string, JsonValue>>;
  readonly values: readonly FinalValue[];
  /** Runs that are still to come. */
  readonly due: number;
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
  /** The last stage, where it is known: without any value nothing else tells it. */
  readonly until?: string | undefined;
  readonly goalOf: (metric: string) => Goal | null;
  readonly armOf: (trial: number) => Finalist['arm'];
  /** Under how many seeds each is to be run; where it is not known, as many as were. */
  readonly seeds?: number | undefined;
  /** How many are to have final runs, and have none yet. */
  readonly without?: number | undefined;
  readonly surpassed?: readonly Surpassed[] | undefined;
  /** The trial to compare with, which has a value; the best where none is named. */
  readonly reference?: number | undefined;
}

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
  const reference = referenceOf(measured, goal, asked.reference);
  const { estimates, comparisons } = await estimatedFinals(layout, measured, metric, reference, goal);
  const others = names.filter((name) => name !== metric);
  return {
    ...{ metric, goal, others, reference: reference?.trial ?? null, isBest: asked.reference === undefined },
    ...{ without: asked.without ?? 0, surpassed: asked.surpassed ?? [] },
    rows: measured.map((one) => ({
      ...{ trial: one.trial, arm: asked.armOf(one.trial), values: one.values, means: one.means },
      due: Math.max(0, (asked.seeds ?? 0) - one.values.length),
      ...estimated(estimates.get(one.trial)),
      against: againstOf(
        comparisons.find(({ trial }) => trial === one.trial),
        goal,
      ),
      ...(one.mean !== null && reference !== undefined && one.group !== reference.group ? { apart: true } : {}),
    })),
  };
}

/** As the last stage has it; else the first of its metrics of which it is said which values are better. */
export function soughtAmong(
  names: readonly string[],
  { sought, until, goalOf }: Pick<FinalistsAsked, 'sought' | 'until' | 'goalOf'>,
): string {
  const alike = names.find((name) => isAlike(name, sought)) ?? names.find((name) => goalOf(name) !== null) ?? names[0];
  return alike ?? (until === undefined ? sought : `${until}.${splitName(sought)[1]}`);
}

/** The one that was named; else the best of those that may be ranked together and are the most. */
function referenceOf(
  measured: readonly MeasuredTrial[],
  goal: Goal | null,
  named: number | undefined,
): MeasuredTrial | undefined {
  const valued = measured.filter(({ mean }) => mean !== null);
  if (named !== undefined) return valued.find(({ trial }) => trial === named);
  const ranked = valued.filter(({ group }) => group === measured[0]?.group);
  if (goal === null || ranked.length === 0) return undefined;
  const best = bestOf(ranked.map(replicatedTrial), goal).number;
  return ranked.find(({ trial }) => trial === best);
}

function estimated(estimate: Estimate | undefined): Pick<Finalist, 'mean' | 'interval' | 'how'> {
  if (estimate === undefined) return { mean: null, interval: null, how: 'no interval: no run has a value' };
  const { mean, interval, how } = estimate;
  return { mean, interval: interval ?? null, how };
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
