/** One trial of a study: a function of the events that name it, in whatever order they are read. */
import type { ReplicateTold, TrialAsked, TrialLeft, TrialReopened, TrialReported, TrialTold } from '../events.ts';
import { first, last } from './event-order.ts';

export interface StudyTrial {
  readonly number: number;
  readonly asked?: TrialAsked;
  /** Each time that an owner was gone without having told, by time. */
  readonly left: readonly TrialLeft[];
  /** The first word since it was last opened again. */
  readonly told?: TrialTold;
  /** What was told of it each time before it was opened again, in order. */
  readonly toldBefore: readonly TrialTold[];
  /** How often it was opened again after it had failed. */
  readonly reopened: number;
  /** By replicate and rising step; the first word on a step counts, since it was last opened again. */
  readonly curves: readonly (readonly TrialReported[])[];
  /** Replicates beyond those it was told with, by their position. */
  readonly more: readonly ReplicateTold[];
}

export type TrialEvent = TrialAsked | TrialLeft | TrialTold | TrialReported | TrialReopened | ReplicateTold;

export interface TrialRecord {
  readonly trial: StudyTrial;
  add(event: TrialEvent): void;
}

export function newTrial(number: number): StudyTrial {
  return { number, left: [], toldBefore: [], reopened: 0, curves: [], more: [] };
}

/** Whether somebody has it, as far as events tell: it is not told, and who began it last has not left it. */
export function isHeld({ asked, told, left }: StudyTrial): boolean {
  if (asked === undefined || told !== undefined) return false;
  const { by } = asked;
  return !left.some((one) => one.at >= asked.at && one.by.pid === by.pid && one.by.host === by.host);
}

/** Why it was last left, where nobody has begun it since. */
export function leftBecause(trial: StudyTrial): string | undefined {
  return trial.told === undefined && !isHeld(trial) ? trial.left.at(-1)?.reason : undefined;
}

export function trialRecord(number: number): TrialRecord {
  const told: TrialTold[] = [];
  const reported: TrialReported[] = [];
  let reopened: readonly number[] = [];
  let trial = newTrial(number);
  const add = (event: TrialEvent) => {
    switch (event.type) {
      case 'trial-asked':
        trial = { ...trial, asked: last(trial.asked, event) };
        return;
      case 'trial-left':
        trial = { ...trial, left: [...trial.left, event].sort((a, b) => a.at - b.at) };
        return;
      case 'trial-told':
        told.push(event);
        trial = withTold(trial, told, reopened);
        return;
      case 'trial-reported':
        reported.push(event);
        if (event.at > (reopened.at(-1) ?? Number.NEGATIVE_INFINITY)) trial = withReport(trial, event);
        return;
      case 'trial-reopened': {
        reopened = [...new Set([...reopened, event.at])].sort((a, b) => a - b);
        const since = reopened.at(-1) ?? Number.NEGATIVE_INFINITY;
        const counted = reported.filter(({ at }) => at > since);
        trial = counted.reduce(withReport, { ...withTold(trial, told, reopened), curves: [] });
        return;
      }
      case 'replicate-told':
        trial = withReplicate(trial, event);
        return;
    }
  };
  return {
    get trial() {
      return trial;
    },
    add,
  };
}

/** @param reopened rising */
function withTold(trial: StudyTrial, told: readonly TrialTold[], reopened: readonly number[]): StudyTrial {
  const begins = [Number.NEGATIVE_INFINITY, ...reopened];
  const words = begins.map((begin, at) =>
    told
      .filter((word) => word.at > begin && word.at <= (begins[at + 1] ?? Infinity))
      .reduce<TrialTold | undefined>(first, undefined),
  );
  const { told: _, ...rest } = trial;
  const counts = words.at(-1);
  const toldBefore = words.slice(0, -1).flatMap((word) => word ?? []);
  return { ...rest, toldBefore, reopened: reopened.length, ...(counts === undefined ? {} : { told: counts }) };
}

function withReport(trial: StudyTrial, report: TrialReported): StudyTrial {
  const curves = [...trial.curves];
  while (curves.length <= report.replicate) curves.push([]);
  const curve = curves[report.replicate] ?? [];
  const newest = curve.at(-1);
  // Nearly all come in order: they are added to the one list, as a copy for each would cost the square of their number.
  if (newest === undefined || report.step > newest.step) (curve as TrialReported[]).push(report);
  else curves[report.replicate] = merged(curve, report);
  return { ...trial, curves };
}

function merged(curve: readonly TrialReported[], report: TrialReported): TrialReported[] {
  const same = curve.find(({ step }) => step === report.step);
  const others = curve.filter(({ step }) => step !== report.step);
  return [...others, first(same, report)].sort((a, b) => a.step - b.step);
}

function withReplicate(trial: StudyTrial, told: ReplicateTold): StudyTrial {
  const same = trial.more.find(({ replicate }) => replicate === told.replicate);
  const others = trial.more.filter(({ replicate }) => replicate !== told.replicate);
  return { ...trial, more: [...others, first(same, told)].sort((a, b) => a.replicate - b.replicate) };
}
