/**
 * What ends trials that cannot win. A pruner is a pure function of its settings, the trial's curve and the curves of the
 * others as far as they were reported: it waits for nobody.
 */
import { unreachable } from '../errors.ts';

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
  /** Up to this step none is ended. */
  readonly warmupSteps: number;
  /** So many others have to have reported at the step. */
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

/** A trial ends whose loss is outside, or not a number. */
export interface ThresholdSettings {
  readonly lower: number;
  readonly upper: number;
  readonly warmupSteps: number;
}

/** Each pruner is the file of its name; loaded when used. */
export async function prunerOf(spec: PrunerSpec): Promise<Pruner> {
  switch (spec.type) {
    case 'median':
    case 'percentile':
    case 'asha':
    case 'hyperband':
    case 'patience':
    case 'threshold':
      throw new Error(`pruner ${spec.type} is not there`);
    default:
      return unreachable(spec);
  }
}
