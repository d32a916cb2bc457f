/** Dimensions that are in the same trials, and what is proposed for them. */
import { canonicalJson } from '../../../hash.ts';
import { type RandomStream, randomStream } from '../../../random.ts';
import type { SeenTrial, TpeSettings } from '../../sampler.ts';
import type { Dimension, Point, SearchSpace } from '../../search-space.ts';
import { randomPoint } from '../random.ts';
import { type Axis, axisOf } from './axis.ts';
import { type Codes, parzen } from './parzen.ts';
import { splitTrials } from './split.ts';

export interface Group {
  /** Its first dimension, which is there where all of it is. */
  readonly first: Dimension;
  /** Those of the group, without their condition. */
  readonly dimensions: SearchSpace;
  readonly axes: readonly Axis[];
}

/**
 * One for each condition, as Optuna's `group`, so that all of its dimensions are in a point, or none; where dimensions
 * are not to be modelled together, one for each. A group stands behind those that its condition names.
 */
export function groupsOf(space: SearchSpace, multivariate: boolean): readonly Group[] {
  const keyOf = ({ name, when }: Dimension) => (multivariate ? canonicalJson(when) : name);
  const keys = [...new Set(space.map(keyOf))];
  return keys.map((key) => {
    const [first, ...others] = space.filter((dimension) => keyOf(dimension) === key) as [Dimension, ...Dimension[]];
    const dimensions = [first, ...others].map((dimension) => ({ ...dimension, when: {} }));
    return { first, dimensions, axes: dimensions.map(axisOf) };
  });
}

/**
 * Values for its dimensions, from the trials that have them; drawn at random where too few of those are finished.
 *
 * @param seen without failed ones; those that run count as bad
 */
export function suggestGroup(group: Group, settings: TpeSettings, trial: number, seen: readonly SeenTrial[]): Point {
  const rows = rowsOf(group, seen);
  const trials = [...rows.keys()];
  const finished = trials.filter(({ state }) => state !== 'running').length;
  if (finished < Math.max(1, settings.startupTrials)) return randomPoint(group.dimensions, settings.seed, trial);
  const { good, bad, weights } = splitTrials(trials);
  const codes = (some: readonly SeenTrial[]) =>
    transposed(
      some.map((one) => rows.get(one) ?? []),
      group.axes.length,
    );
  const random = randomStream(settings.seed, trial, 'tpe', group.first.name);
  const best = mostPromising(
    group.axes,
    { observed: codes(good), weights },
    { observed: codes(bad), weights: new Float64Array(bad.length).fill(1) },
    settings.candidates,
    random,
  );
  return Object.fromEntries(group.axes.map((axis, at) => [axis.name, axis.value(best[at] ?? 0)]));
}

/** One array for each axis. */
function transposed(rows: readonly (readonly number[])[], axes: number): Codes {
  return Array.from({ length: axes }, (_, at) => {
    const column = new Float64Array(rows.length);
    for (const [index, row] of rows.entries()) column[index] = row[at] ?? 0;
    return column;
  });
}

/** The codes of each trial that has the group's dimensions. */
function rowsOf({ axes }: Group, seen: readonly SeenTrial[]): ReadonlyMap<SeenTrial, readonly number[]> {
  const rows = new Map<SeenTrial, readonly number[]>();
  for (const trial of seen) {
    const row = axes.map(({ name, code }) => code(trial.point[name]) ?? Number.NaN);
    if (!row.some(Number.isNaN)) rows.set(trial, row);
  }
  return rows;
}

interface Sample {
  readonly observed: Codes;
  /** One for each observation, 1 in the mean. */
  readonly weights: Float64Array;
}

/**
 * Of points drawn from the density l of the good ones, the codes of that with the greatest l / g, where g is the density
 * of the bad ones: the one with the greatest expected improvement (Bergstra et al. 2011, section 4.1).
 */
function mostPromising(
  axes: readonly Axis[],
  good: Sample,
  bad: Sample,
  candidates: number,
  random: RandomStream,
): readonly number[] {
  const l = parzen(axes, good.observed, good.weights);
  const g = parzen(axes, bad.observed, bad.weights);
  const points = l.sample(random, Math.max(1, candidates));
  const [logL, logG] = [l.logDensity(points), g.logDensity(points)];
  const gains = logL.map((log, at) => log - (logG[at] ?? 0));
  const best = gains.reduce((most, gain, at) => (gain > (gains[most] ?? 0) ? at : most), 0);
  return points.map((column) => column[best] ?? 0);
}
