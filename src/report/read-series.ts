/** Reads live series from the files stages append to. */
import { linesOf } from '../execute/lines.ts';
import { parsePoint } from '../execute/metrics.ts';
import type { ComparedSeries } from './comparison.ts';
import { thin } from './thin.ts';

/**
 * Series by name, each in the order of its steps and of at most `maxPoints` points. Where a step was reported twice, as
 * after going on from a checkpoint, the later report counts. No file is no series.
 */
export async function readSeries(file: string, maxPoints: number): Promise<Record<string, ComparedSeries>> {
  const series = new Map<string, Map<number, number | null>>();
  for await (const line of linesOf(file)) {
    const point = parsePoint(line);
    if (point === undefined) continue;
    for (const [name, value] of Object.entries(point.values)) {
      const points = series.get(name) ?? new Map<number, number | null>();
      series.set(name, points.set(point.step, typeof value === 'number' ? value : null));
    }
  }
  return Object.fromEntries([...series].map(([name, points]) => [name, thinned(points, maxPoints)]));
}

function thinned(points: ReadonlyMap<number, number | null>, maxPoints: number): ComparedSeries {
  const ordered = [...points].sort(([a], [b]) => a - b);
  const steps = ordered.map(([step]) => step);
  const values = ordered.map(([, value]) => value);
  return { ...thin(steps, values, maxPoints), points: steps.length };
}
