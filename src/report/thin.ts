/**
 * Fewer points with the same look: Largest-Triangle-Three-Buckets (Steinarsson, "Downsampling Time Series for Visual
 * Representation", 2013). Of each bucket the point is kept that spans the largest triangle with the point kept before
 * and the mean of the next bucket; the first and the last point are always kept.
 */

export interface Points {
  readonly steps: readonly number[];
  /** null where there is no finite value. */
  readonly values: readonly (number | null)[];
}

/** @param max at most so many points, 3 or more. A bucket without a finite value keeps a null: the gap stays seen. */
export function thin(steps: readonly number[], values: readonly (number | null)[], max: number): Points {
  if (steps.length <= max) return { steps, values };
  const bounds = (bucket: number) => 1 + Math.floor((bucket * (steps.length - 2)) / (max - 2));
  const kept = [0];
  for (let bucket = 0; bucket < max - 2; bucket++) {
    const [from, to] = [bounds(bucket), bounds(bucket + 1)];
    const after = bucket === max - 3 ? [to, to + 1] : [to, bounds(bucket + 2)];
    const mean = meanPoint(steps, values, after[0] ?? to, after[1] ?? to);
    const before = { step: steps[kept.at(-1) ?? 0] ?? 0, value: values[kept.at(-1) ?? 0] ?? mean.value };
    kept.push(largest(steps, values, from, to, before, mean));
  }
  kept.push(steps.length - 1);
  return { steps: kept.map((i) => steps[i] ?? 0), values: kept.map((i) => values[i] ?? null) };
}

interface Point {
  readonly step: number;
  readonly value: number;
}

function meanPoint(steps: Points['steps'], values: Points['values'], from: number, to: number): Point {
  let [step, value, finite] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    step += steps[i] ?? 0;
    value += values[i] ?? 0;
    if (values[i] != null) finite++;
  }
  return { step: step / (to - from), value: value / Math.max(1, finite) };
}

/** Index in [from, to) of the point with the largest triangle; the first where none is finite. */
function largest(
  steps: Points['steps'],
  values: Points['values'],
  from: number,
  to: number,
  before: Point,
  after: Point,
): number {
  let [best, bestArea] = [from, -1];
  for (let i = from; i < to; i++) {
    const value = values[i];
    if (value == null) continue;
    const [dx, dy] = [(steps[i] ?? 0) - before.step, value - before.value];
    const area = Math.abs((after.step - before.step) * dy - dx * (after.value - before.value));
    if (area > bestArea) [best, bestArea] = [i, area];
  }
  return best;
}
