/**
 * What ends trials that cannot win. A pruner is a pure function of its settings, the trial's curve and the curves of the
 * others as far as they were reported: it waits for nobody.
 */
import { unreachable } from '../errors.ts';
import type { Goal } from '../pipeline/types.ts';
import { shownFor } from './pruners/curves.ts';

/** What a trial has reported: by rising step, the lower the better, whatever the metric's goal. Values may be NaN. */
export type Curve = readonly { readonly step: number; readonly value: number }[];

export interface CurveOf {
  readonly number: number;
  readonly state: 'running' | 'complete' | 'pruned' | 'failed';
  readonly curve: Curve;
}

export interface Pruner {
  /**
   * Whether the trial is to end after its last reported point; why, in words a person reads in the record, where it is.
   * Asked after each report: whoever finds several new ones asks for each in turn, with the curve up to it.
   *
   * @param trial whose turn it is; its curve is not empty.
   * @param others all other trials of the same study (of the same arm, where the study is stratified), by number.
   */
  shouldPrune(trial: CurveOf, others: readonly CurveOf[]): PruneReason | undefined;
}

export type PruneReason = string;

export type PrunerSpec =
  | ({ readonly type: 'median' } & PercentileSettings)
  | ({ readonly type: 'percentile'; readonly percentile: number } & PercentileSettings)
  | ({ readonly type: 'asha' } & HalvingSettings)
  | ({ readonly type: 'hyperband' } & HalvingSettings)
  | ({ readonly type: 'patience' } & PatienceSettings)
  | ({ readonly type: 'threshold' } & ThresholdSettings);

/** A trial ends whose best so far is worse than that share of the others' at the same step. */
export interface PercentileSettings {
  /** So many trials have to be complete before any is ended. */
  readonly startupTrials: number;
  /** Up to this step, and at it, none is ended: steps count from 1. */
  readonly warmupSteps: number;
  /** So many complete ones have to have reached the step. */
  readonly minTrials: number;
}

/** Successive halving: at each rung of steps only the best 1 / reduction go on. */
export interface HalvingSettings {
  readonly minStep: number;
  readonly maxStep: number;
  readonly reduction: number;
}

/** A trial ends that has not got better by `minDelta` for so many reports. */
export interface PatienceSettings {
  readonly patience: number;
  readonly minDelta: number;
}

/** A trial ends whose value is outside, or not finite. */
export interface ThresholdSettings {
  /** In the metric's own sign, whatever its goal; infinite where there is no such bound. */
  readonly lower: number;
  readonly upper: number;
  /** Up to this step, and at it, none is ended. */
  readonly warmupSteps: number;
}

/**
 * Each pruner is the file of its name; loaded when used.
 *
 * @param goal of the metric: curves are losses; bounds and the values in reasons have the metric's own sign.
 */
export async function prunerOf(spec: PrunerSpec, goal: Goal = 'minimize'): Promise<Pruner> {
  const shown = shownFor(goal);
  switch (spec.type) {
    case 'median':
      return (await import('./pruners/percentile.ts')).percentilePruner(50, spec, shown);
    case 'percentile':
      return (await import('./pruners/percentile.ts')).percentilePruner(spec.percentile, spec, shown);
    case 'asha':
      return (await import('./pruners/asha.ts')).ashaPruner(spec, shown);
    case 'hyperband':
      return (await import('./pruners/hyperband.ts')).hyperbandPruner(spec, shown);
    case 'patience':
      return (await import('./pruners/patience.ts')).patiencePruner(spec, shown);
    case 'threshold':
      return (await import('./pruners/threshold.ts')).thresholdPruner(inLosses(spec, goal), shown);
    default:
      return unreachable(spec);
  }
}

/** The bounds of a metric as those of its losses. */
function inLosses(settings: ThresholdSettings, goal: Goal): ThresholdSettings {
  return goal === 'minimize' ? settings : { ...settings, lower: -settings.upper, upper: -settings.lower };
}
