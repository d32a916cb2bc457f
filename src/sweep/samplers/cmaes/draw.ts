/** Points of a generation. */
import { Matrix, QrDecomposition } from 'ml-matrix';
import { type RandomStream, randomStream } from '../../../random.ts';
import { type NormalDistribution, transformed } from './distribution.ts';

/** Draws tried outside the cube before the last one is moved to its border. */
const attempts = 100;

/**
 * The point of one place of a generation, in the unit cube: drawn again while outside, at last clipped.
 *
 * @param place from 0, below the population
 * @param shared names the generation: its places have to fit each other
 * @param own names the trial: what it draws again
 */
export function drawn(
  from: NormalDistribution,
  place: number,
  shared: readonly [seed: number, ...names: (string | number)[]],
  own: RandomStream,
): readonly number[] {
  let point = at(from, mirroredOrthogonal(from.mean.length, place, shared));
  for (let attempt = 1; attempt < attempts && !isInside(point); attempt++)
    point = at(from, normals(from.mean.length, own));
  return point.map((value) => Math.min(1, Math.max(0, value)));
}

/**
 * Standard normal vectors that cover a generation more evenly than independent ones: each second is the negative of that
 * before it, and up to as many pairs as there are dimensions stand at right angles (Wang, Emmerich and Bäck, "Mirrored
 * Orthogonal Sampling for Covariance Matrix Adaptation Evolution Strategies", Evolutionary Computation 27, 2019).
 */
function mirroredOrthogonal(
  dimensions: number,
  place: number,
  [seed, ...names]: readonly [seed: number, ...names: (string | number)[]],
): readonly number[] {
  const pair = Math.floor(place / 2);
  const random = randomStream(seed, ...names, Math.floor(pair / dimensions));
  const square = new Matrix(Array.from({ length: dimensions }, () => normals(dimensions, random)));
  const lengths = square.to2DArray().map((row) => Math.hypot(...row));
  const turned = new QrDecomposition(square.transpose()).orthogonalMatrix;
  const signs = lengths.map(() => (random.uniform() < 0.5 ? -1 : 1));
  const column = pair % dimensions;
  const sign = (signs[column] ?? 1) * (place % 2 === 0 ? 1 : -1);
  return turned.getColumn(column).map((value) => value * sign * (lengths[column] ?? 0));
}

function normals(count: number, random: RandomStream): number[] {
  return Array.from({ length: count }, () => random.normal());
}

function at(from: NormalDistribution, z: readonly number[]): readonly number[] {
  return transformed(from, z).map((value, axis) => (from.mean[axis] ?? 0) + from.step * value);
}

function isInside(point: readonly number[]): boolean {
  return point.every((value) => value >= 0 && value <= 1);
}
