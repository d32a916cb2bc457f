/** The largest singular values of a sparse matrix and their right vectors. */
import { Matrix, SVD } from 'ml-matrix';
import { type RandomStream, stream } from '../../random-stream.ts';
import { indexOf, type SparseMatrix, transposed } from '../sparse/matrix.ts';

export interface RightSingularVectors {
  /** Falling. */
  readonly values: readonly number[];
  /** One a value, `[columns]` of length 1; its largest entry is positive. */
  readonly vectors: readonly Float64Array[];
}

/** Of a singular vector's residual, relative to the largest singular value. */
const tolerance = 1e-10;

/**
 * Golub, Kahan and Lanczos' bidiagonalisation A V = U B with full re-orthogonalisation (Golub and Van Loan, Matrix
 * Computations, section 10.4), then the SVD of the small B. Only products with the sparse matrix, so that memory is
 * (rows + columns) × steps: about three steps a factor on ratings. The start vector is drawn from `seed`; a converged
 * result does not depend on it beyond the tolerance.
 *
 * @param matrix of ones
 * @param count how many; at most the shorter side
 * @param pace awaited with the number of those that have converged
 */
export async function rightSingularVectors(
  matrix: SparseMatrix,
  count: number,
  seed: number,
  pace: (converged: number) => Promise<void> = async () => {},
): Promise<RightSingularVectors> {
  const basis = new Bidiagonalisation(matrix, stream(seed, 'pure-svd'));
  const most = Math.min(matrix.rows, matrix.columns);
  for (let size = Math.min(most, 2 * count + 10); ; size = Math.min(most, size + Math.ceil(size / 4))) {
    while (basis.steps < size) {
      basis.step();
      await pace(0);
    }
    const found = basis.singular(count);
    await pace(found.converged);
    if (found.converged >= count || size === most) return found;
  }
}

class Bidiagonalisation {
  readonly #matrix: SparseMatrix;
  readonly #turned: SparseMatrix;
  readonly #random: RandomStream;
  readonly #left: Float64Array[] = [];
  readonly #right: Float64Array[] = [];
  /** Of B: its diagonal, and above it. */
  readonly #alphas: number[] = [];
  readonly #betas: number[] = [];
  #next: Float64Array;

  constructor(matrix: SparseMatrix, random: RandomStream) {
    this.#matrix = matrix;
    this.#turned = transposed(matrix);
    this.#random = random;
    this.#next = this.#fresh(matrix.columns, []);
  }

  get steps(): number {
    return this.#alphas.length;
  }

  step(): void {
    const right = this.#next;
    this.#right.push(right);
    const left = times(this.#matrix, right);
    const alpha = orthonormalise(left, this.#left);
    // Where the space is exhausted, any direction that is left goes on with it, coupled by 0.
    this.#left.push(alpha > 0 ? left : this.#fresh(this.#matrix.rows, this.#left));
    this.#alphas.push(alpha);
    const next = times(this.#turned, this.#left.at(-1) as Float64Array);
    const beta = this.#right.length < this.#matrix.columns ? orthonormalise(next, this.#right) : 0;
    this.#next = beta > 0 ? next : this.#fresh(this.#matrix.columns, this.#right);
    this.#betas.push(beta);
  }

  singular(count: number): RightSingularVectors & { readonly converged: number } {
    const size = this.steps;
    const small = Matrix.zeros(size, size);
    this.#alphas.forEach((alpha, i) => {
      small.set(i, i, alpha);
      if (i + 1 < size) small.set(i, i + 1, this.#betas[i] as number);
    });
    const { diagonal, leftSingularVectors, rightSingularVectors } = new SVD(small);
    const values = diagonal.slice(0, count);
    const beta = this.#betas.at(-1) as number;
    const limit = tolerance * (values[0] as number);
    const open = values.findIndex((_, f) => Math.abs(beta * leftSingularVectors.get(size - 1, f)) > limit);
    const vectors = values.map((_, f) => combined(this.#right, rightSingularVectors.getColumn(f)));
    return { values, vectors, converged: open === -1 ? values.length : open };
  }

  /** A random direction at right angles to the basis; zeros where there is none. */
  #fresh(length: number, basis: readonly Float64Array[]): Float64Array {
    const vector = Float64Array.from({ length }, () => this.#random.normal());
    if (basis.length < length) orthonormalise(vector, basis);
    else vector.fill(0);
    return vector;
  }
}

/** matrix × vector, for a matrix of ones */
function times(matrix: SparseMatrix, vector: Float64Array): Float64Array {
  const product = new Float64Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row++) {
    let sum = 0;
    for (const column of indexOf(matrix, row)) sum += vector[column] as number;
    product[row] = sum;
  }
  return product;
}

/**
 * Takes from a vector what lies in the basis, twice, as once leaves rounding errors, and scales it to length 1.
 * @returns its length before; 0 where nothing but rounding errors was left
 */
function orthonormalise(vector: Float64Array, basis: readonly Float64Array[]): number {
  const before = lengthOf(vector);
  for (let pass = 0; pass < 2; pass++) for (const other of basis) addMultiple(vector, other, -product(vector, other));
  const length = lengthOf(vector);
  if (!(length > 1e-12 * before)) return 0;
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length;
  return length;
}

/** Σ basis × factors; the sign such that its largest entry is positive. */
function combined(basis: readonly Float64Array[], factors: readonly number[]): Float64Array {
  const vector = new Float64Array((basis[0] as Float64Array).length);
  basis.forEach((other, i) => {
    addMultiple(vector, other, factors[i] as number);
  });
  const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}

function addMultiple(vector: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) + factor * (other[i] as number);
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function lengthOf(vector: Float64Array): number {
  return Math.sqrt(product(vector, vector));
}
