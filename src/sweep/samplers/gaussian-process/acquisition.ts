/** The point whose loss the model expects to improve most on the best. */
import { isActive, type Point, pointKey, type SearchSpace } from '../../search-space.ts';
import { inputOf, isContinuous, neighboursOf, pointOf } from './encoding.ts';
import { logExpectedImprovement } from './expected-improvement.ts';
import { minimise } from './l-bfgs.ts';
import type { Posterior } from './posterior.ts';

export interface Acquisition {
  readonly space: SearchSpace;
  readonly posterior: Posterior;
  /** What is to be improved on, in the model's units. */
  readonly best: number;
}

/** A point of the space beside the numbers of the unit cube (d) that it stands for. */
interface Candidate {
  readonly unit: Float64Array;
  readonly point: Point;
  /** Logarithm of the expected improvement. */
  readonly value: number;
}

/** So many of the best candidates are improved on. */
const climbs = 6;
/** By slope and by steps in turn. */
const rounds = 4;

/**
 * The best of the candidates and of what the best of them lead to; one of `taken` only where there is no other.
 *
 * @param units points of the unit cube to begin with (at least one)
 * @param taken keys of points
 */
export function mostPromising(
  acquisition: Acquisition,
  units: readonly Float64Array[],
  taken: ReadonlySet<string>,
): Point | undefined {
  const candidates = byValue(units.map((unit) => candidateOf(acquisition, unit)));
  const climbed = byValue(candidates.slice(0, climbs).map((candidate) => climb(acquisition, candidate)));
  const ranked = [...climbed, ...candidates];
  return (ranked.find(({ point }) => !taken.has(pointKey(point))) ?? ranked[0])?.point;
}

function byValue(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted((a, b) => b.value - a.value);
}

function candidateOf({ space, posterior, best }: Acquisition, unit: Float64Array): Candidate {
  const point = pointOf(space, unit);
  const { mean, deviation } = posterior.at(inputOf(space, point));
  return { unit, point, value: logExpectedImprovement(best, mean, deviation).value };
}

function climb(acquisition: Acquisition, start: Candidate): Candidate {
  const mixed = !acquisition.space.every(isContinuous);
  let candidate = alongSlope(acquisition, start);
  for (let round = 1; mixed && round < rounds; round++) {
    const stepped = bySteps(acquisition, candidate);
    if (stepped === candidate) break;
    candidate = alongSlope(acquisition, stepped);
  }
  return candidate;
}

/** What L-BFGS leads to in the coordinates that are continuous, the others held. */
function alongSlope(acquisition: Acquisition, start: Candidate): Candidate {
  const { space, posterior, best } = acquisition;
  const free = [...space.keys()].filter((j) => {
    const dimension = space[j];
    return dimension !== undefined && isContinuous(dimension) && isActive(dimension, start.point);
  });
  if (free.length === 0) return start;
  const input = inputOf(space, start.point);
  const objective = (x: Float64Array, gradient: Float64Array) => {
    for (const [f, j] of free.entries()) input[j] = x[f] as number;
    const { mean, deviation, meanSlope, deviationSlope } = posterior.slopesAt(input);
    const { value, byMean, byDeviation } = logExpectedImprovement(best, mean, deviation);
    for (const [f, j] of free.entries())
      gradient[f] = -byMean * (meanSlope[j] as number) - byDeviation * (deviationSlope[j] as number);
    return -value;
  };
  const box = { low: new Float64Array(free.length), high: new Float64Array(free.length).fill(1) };
  const from = Float64Array.from(free, (j) => Math.min(1, Math.max(0, input[j] as number)));
  const { x } = minimise(objective, from, box, { iterations: 50, tolerance: 1e-6 });
  const unit = start.unit.slice();
  for (const [f, j] of free.entries()) unit[j] = x[f] as number;
  return better(start, candidateOf(acquisition, unit));
}

/** What other categories and steps lead to, one dimension after the other. */
function bySteps(acquisition: Acquisition, start: Candidate): Candidate {
  let candidate = start;
  for (const [j, dimension] of acquisition.space.entries()) {
    if (isContinuous(dimension) || !isActive(dimension, candidate.point)) continue;
    for (const unit of neighboursOf(dimension, candidate.unit[j] as number))
      candidate = better(candidate, candidateOf(acquisition, candidate.unit.with(j, unit)));
  }
  return candidate;
}

function better(kept: Candidate, other: Candidate): Candidate {
  return other.value > kept.value ? other : kept;
}
