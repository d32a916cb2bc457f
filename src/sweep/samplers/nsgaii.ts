/**
 * NSGA-II (Deb et al., "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", IEEE Transactions on Evolutionary
 * Computation 6, 2002) as a function of what was seen: complete trials, by number, are its generations. The first is
 * random; each later one descends from the best so far. Trials that failed or were pruned are left out.
 */
import { isDeepStrictEqual } from 'node:util';
import { type RandomStream, randomStream } from '../../random.ts';
import { crowdingDistances, paretoRanks } from '../../statistics/pareto.ts';
import type { NsgaIISettings, Sampler, SeenTrial } from '../sampler.ts';
import type { Point, SearchSpace } from '../search-space.ts';
import { childOf } from './nsgaii/child.ts';
import { randomPoint } from './random.ts';
import { replaySteps } from './replay.ts';

/** What a sweep file that says nothing has: small, for budgets of hundreds of trials. */
export const nsgaIIDefaults: Omit<NsgaIISettings, 'seed'> = { population: 20 };

/** One that may have descendants. */
interface Parent {
  readonly trial: SeenTrial;
  readonly rank: number;
  readonly crowding: number;
}

/** So many children are drawn until one is new; a random point takes the place of the last. */
const attempts = 10;

export function nsgaIISampler(space: SearchSpace, { seed, population }: NsgaIISettings): Sampler {
  const parentsAmong = replay(population);
  return {
    suggest(trial, seen) {
      const parents = parentsAmong(seen);
      if (parents.length === 0) return randomPoint(space, seed, trial);
      const isKnown = (point: Point) => seen.some((other) => isDeepStrictEqual(other.point, point));
      const random = randomStream(seed, trial, 'nsgaii');
      const child = (): Point => childOf(space, chosen(parents, random), chosen(parents, random), random);
      for (let attempt = 0; attempt < attempts; attempt++) {
        const point = child();
        if (!isKnown(point)) return point;
      }
      return randomPoint(space, seed, trial);
    },
  };
}

/** After each generation the best of it and of the parents before; none before the first is complete. */
function replay(population: number): (seen: readonly SeenTrial[]) => readonly Parent[] {
  const step = replaySteps<readonly Parent[]>();
  return (seen) => {
    const complete = seen.filter(({ state, losses }) => state === 'complete' && losses !== undefined);
    let parents: readonly Parent[] = [];
    for (let index = 0; (index + 1) * population <= complete.length; index++) {
      const before = parents.map(({ trial }) => trial);
      const generation = complete.slice(index * population, (index + 1) * population);
      parents = step(index, generation, () => selected([...before, ...generation], population));
    }
    return parents;
  };
}

/** By rank, and within a rank by distance to the neighbours (section III-C). */
function selected(trials: readonly SeenTrial[], count: number): readonly Parent[] {
  const ranks = paretoRanks(trials.map(({ losses }) => losses ?? []));
  const all = [...new Set(ranks)].flatMap((rank) => {
    const front = trials.filter((_, index) => ranks[index] === rank);
    const distances = crowdingDistances(front.map(({ losses }) => losses ?? []));
    return front.map((trial, at) => ({ trial, rank, crowding: distances[at] ?? 0 }));
  });
  return all.sort(better).slice(0, count);
}

function better(a: Parent, b: Parent): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  return a.crowding === b.crowding ? a.trial.number - b.trial.number : b.crowding - a.crowding;
}

/** The better one of two that are drawn: a binary tournament. */
function chosen(parents: readonly Parent[], random: RandomStream): Point {
  const draw = () => parents[random.integer(0, parents.length - 1)] as Parent;
  const [one, other] = [draw(), draw()];
  return (better(one, other) <= 0 ? one : other).trial.point;
}
