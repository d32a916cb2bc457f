/** The part of a trial that reports while it runs, and is judged by what it reported. */
import type { StudyPhase, TrialReported } from '../events.ts';
import type { JournalWriter } from '../record/journal.ts';
import { armOf } from './arms.ts';
import type { StudyDefinition } from './definition.ts';
import type { Curve, PruneReason, Pruner } from './pruner.ts';
import { replicateNoise, shifted } from './replicate-noise.ts';
import { type Point, pointKey } from './search-space.ts';
import { curveOf, isComparable, othersCurves, replicateCurves } from './seen.ts';
import type { StudyReader } from './study-state.ts';
import type { StudyTrial } from './trial-record.ts';

export interface TrialJudge {
  /** What the pruner reads; a step that was reported before, by an owner that died, is not put on record again. */
  report(step: number, value: number, replicate?: number): void;
  /** What it reported last. */
  reported(replicate?: number): { readonly step: number; readonly value: number } | undefined;
  /** Whether it is to end after what it reported last, and why. Never for a difference that another seed may make. */
  shouldPrune(replicate?: number): Promise<PruneReason | undefined>;
}

export interface JudgeParts {
  readonly definition: StudyDefinition;
  readonly reader: StudyReader;
  readonly journal: JournalWriter;
  readonly pruner: Pruner | undefined;
  readonly phase: StudyPhase;
}

/** @param trial as it was when it was asked: an owner that died may have reported of it. */
export function trialJudge(parts: JudgeParts, { number, curves }: StudyTrial, point: Point): TrialJudge {
  const { definition, journal, reader, pruner, phase } = parts;
  const known = (isComparable(phase, number) ? curves : []).map((curve) => new Set(curve.map(({ step }) => step)));
  /** It reported beyond these before: they were judged then, by what others had come to at that time. */
  const passed = known.map((steps) => Math.max(...steps));
  const own = new Map<number, TrialReported[]>();
  const reportsOf = async (replicate: number) => {
    const recorded = (await reader.read()).trials.get(number)?.curves[replicate] ?? [];
    const before = isComparable(phase, number) ? recorded : [];
    const now = own.get(replicate) ?? [];
    return [...before.filter(({ step }) => step < (now[0]?.step ?? Infinity)), ...now];
  };
  return {
    report(step, value, replicate = 0) {
      const event: TrialReported = {
        ...{ type: 'trial-reported', at: Date.now(), study: definition.name, trial: number, replicate, step },
        value: Number.isFinite(value) ? value : (String(value) as TrialReported['value']),
      };
      own.set(replicate, [...(own.get(replicate) ?? []), event]);
      if (pruner !== undefined && known[replicate]?.has(step) !== true) journal.append(event);
    },
    reported(replicate = 0) {
      const last = own.get(replicate)?.at(-1);
      return last && { step: last.step, value: Number(last.value) };
    },
    async shouldPrune(replicate = 0) {
      if (pruner === undefined) return undefined;
      const curve = curveOf(await reportsOf(replicate), definition);
      const step = curve.at(-1)?.step;
      if (step === undefined || step < (passed[replicate] ?? -Infinity)) return undefined;
      const state = await reader.read();
      const arm = pointKey(armOf(definition, point));
      const others = othersCurves(definition, state, phase, { number, arm }, replicate);
      const asks = (of: Curve) => pruner.shouldPrune({ number, state: 'running', curve: of }, others);
      const reason = asks(curve);
      if (reason === undefined || definition.minReplicates < 2) return reason;
      const noise = replicateNoise(replicateCurves(definition, state, phase, arm), step);
      return noise === undefined || asks(shifted(curve, noise)) === undefined ? undefined : reason;
    },
  };
}
