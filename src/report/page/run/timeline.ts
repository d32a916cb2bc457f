/** When the stages of a run were at work, as parts of its time. */
import type { ComparedStage } from '../../comparison.ts';

export interface Bar {
  /** Percent of the time from the first begin to the last end. */
  readonly left: number;
  readonly width: number;
  /** Since the run began. */
  readonly startMs: number;
  readonly endMs: number;
}

const narrowest = 1;

/** Of stages that ended. Nothing where none took any time. */
export function barsOf(stages: readonly ComparedStage[]): ReadonlyMap<ComparedStage, Bar> {
  const timed = stages.flatMap((stage) => {
    const { startedMs, durationMs } = stage;
    return startedMs === null || durationMs === null
      ? []
      : [{ stage, startMs: startedMs, endMs: startedMs + durationMs }];
  });
  const first = Math.min(...timed.map(({ startMs }) => startMs));
  const total = Math.max(...timed.map(({ endMs }) => endMs)) - first;
  if (!(total > 0)) return new Map();
  const percent = (ms: number) => Math.round((1e4 * ms) / total) / 100;
  return new Map(
    timed.map(({ stage, startMs, endMs }) => {
      const width = Math.max(narrowest, percent(endMs - startMs));
      return [stage, { left: Math.min(percent(startMs - first), 100 - width), width, startMs, endMs }];
    }),
  );
}

/** What the results that were there already had taken to make, less what finding them took. */
export function savedMs(stages: readonly ComparedStage[]): number {
  const found = stages.filter(({ outcome }) => outcome === 'cached' || outcome === 'fresh');
  return found.reduce(
    (sum, { executionMs, durationMs }) => sum + Math.max(0, (executionMs ?? 0) - (durationMs ?? 0)),
    0,
  );
}
