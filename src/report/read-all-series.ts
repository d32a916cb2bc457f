/** Reads the curves of many runs into no more points than a page can carry. */
import { stat } from 'node:fs/promises';
import type { ComparedSeries } from './comparison.ts';
import { readSeries } from './read-series.ts';
import { thin } from './thin.ts';

type Curves = Readonly<Record<string, ComparedSeries>>;

export interface SeriesBudget {
  /** Points of a curve. */
  readonly each: number;
  /** Points of all curves together, as far as that leaves {@link least} for each. */
  readonly all: number;
  readonly least: number;
}

/** About 6 MB of the page. */
const budget: SeriesBudget = { each: 1000, all: 400_000, least: 20 };

/**
 * Runs share most of their stages' results: each file is read once. Whenever there are more points than `all`, every curve
 * is thinned to half as many, so that those of all runs are drawn alike.
 *
 * @param read {@link seriesReader}'s, where the same files are read again and again
 * @returns the curves of each of the files, by name
 */
export async function readAllSeries(
  files: readonly string[],
  { each, all, least }: SeriesBudget = budget,
  read: typeof readSeries = readSeries,
): Promise<(file: string) => Curves> {
  const known = new Map<string, Curves>();
  let [max, total] = [each, 0];
  for (const file of new Set(files)) {
    const curves = await read(file, max);
    known.set(file, curves);
    total += pointsOf(curves);
    while (total > all && max > least) {
      max = Math.max(least, Math.ceil(max / 2));
      for (const [name, whole] of known) known.set(name, thinner(whole, max));
      total = [...known.values()].reduce((sum, thinned) => sum + pointsOf(thinned), 0);
    }
  }
  return (file) => known.get(file) ?? {};
}

function pointsOf(curves: Curves): number {
  return Object.values(curves).reduce((sum, { steps }) => sum + steps.length, 0);
}

function thinner(curves: Curves, max: number): Curves {
  return Object.fromEntries(
    Object.entries(curves).map(([name, { steps, values, points }]) => [name, { ...thin(steps, values, max), points }]),
  );
}

/** Reads as {@link readSeries}, and a file anew only where it has changed, or is wanted in another number of points. */
export function seriesReader(): typeof readSeries {
  const known = new Map<string, { readonly signature: string; readonly curves: Curves }>();
  return async (file, maxPoints) => {
    const found = await stat(file).catch(() => undefined);
    const signature = `${maxPoints} ${found?.size} ${found?.mtimeMs} ${found?.ino}`;
    const last = known.get(file);
    if (last?.signature === signature) return last.curves;
    const curves = await readSeries(file, maxPoints);
    known.set(file, { signature, curves });
    return curves;
  };
}
