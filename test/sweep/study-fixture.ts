/** Studies as events, for what is a pure function of them. */
import type {
  FinalTold,
  JournalEvent,
  ReplicateTold,
  StudyPhase,
  TrialAsked,
  TrialReported,
  TrialTold,
} from '../../src/events.ts';
import type { ConfigHash } from '../../src/hash.ts';
import { currentProcess } from '../../src/store/process-identity.ts';
import type { Point, SearchSpace } from '../../src/sweep/search-space.ts';
import type { SweepSpec } from '../../src/sweep/spec.ts';
import { type StudyState, studyRecord } from '../../src/sweep/study-state.ts';

const by = currentProcess();
const hash = (digit: number) => String(digit % 10).repeat(64) as ConfigHash;

export const asked = (trial: number, params: Point = { x: trial }, at = trial): TrialAsked => ({
  ...{ type: 'trial-asked', at, study: 's', trial, params, by, restarts: 0 },
});
/** Complete with the mean of its replicates; failed without any. */
export const told = (trial: number, scores: readonly number[] = [], at = 100 + trial): TrialTold => ({
  ...{ type: 'trial-told', at, study: 's', trial, runs: [hash(trial)] },
  ...(scores.length === 0
    ? { state: 'failed', reason: 'it broke' }
    : {
        state: 'complete',
        value: scores.reduce((sum, score) => sum + score, 0) / scores.length,
        replicates: scores.map((score) => [score]),
      }),
});
export const prunedAt = (trial: number, step: number, value: number): TrialTold => ({
  ...{ type: 'trial-told', at: 100 + trial, study: 's', trial, runs: [hash(trial)], state: 'pruned', step, value },
});
export const reported = (trial: number, step: number, value: number, replicate = 0): TrialReported => ({
  ...{ type: 'trial-reported', at: 50 + step, study: 's', trial, replicate, step, value },
});
export const oneMore = (trial: number, replicate: number, score?: number): ReplicateTold => ({
  ...{ type: 'replicate-told', at: 200 + replicate, study: 's', trial, replicate, run: hash(trial) },
  ...(score === undefined ? { reason: 'it broke' } : { values: [score] }),
});
export const finalTold = (trial: number, replicate = 0): FinalTold => ({
  ...{ type: 'final-told', at: 300, study: 's', trial, replicate, metrics: { 'test.value': 1 } },
});
export const phase = (number: number, first: number, more: Partial<StudyPhase> = {}): JournalEvent => ({
  ...{ type: 'study-started', at: 10 * number, study: 's', spec: { parameters: {} } },
  phase: { number, first, counted: 0, ...more },
});

export function stateOf(...events: readonly JournalEvent[]): StudyState {
  const record = studyRecord();
  record.add(events);
  return record.state;
}

const space: SearchSpace = [
  { name: 'x', distribution: { kind: 'int', low: 0, high: 99, log: false, step: 1 }, when: {} },
];

/** What of a sweep file these functions read; no pipeline. */
export function specOf(more: Partial<SweepSpec> = {}): SweepSpec {
  return {
    ...{ name: 's', metrics: [{ name: 'score.value', goal: 'maximize' }], prunedGoal: 'minimize', stratify: [] },
    ...{ space, constraints: [], sampler: { type: 'random', seed: 1 }, minReplicates: 1, replicates: [{}] },
    budget: { trials: 4 },
    ...more,
  } as unknown as SweepSpec;
}
