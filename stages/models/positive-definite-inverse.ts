/** The inverse of a large symmetric positive definite matrix, in float64 and plain arrays: the same bits everywhere. */

/** Rows and columns that are computed together, so that each number that is read serves several sums. */
const tile = 4;

/**
 * By Cholesky's factorisation A = L Lᵀ, then L⁻¹, then A⁻¹ = L⁻ᵀ L⁻¹ (Golub and Van Loan, Matrix Computations, section
 * 4.2): a relative error of about the condition number × 10⁻¹⁶. Inverting by blocks of the matrix itself would square
 * the condition number. n³/2 multiplications and additions, two arrays of n² numbers.
 *
 * @param matrix `[size, size]`, row-major; only what is on and below the diagonal is read.
 * @param options.ridge is added to its diagonal.
 * @param options.pace awaited with the number of steps done of {@link inverseSteps}.
 * @returns `[size, size]`; NaN where the matrix is not positive definite.
 */
export async function inverseOfPositiveDefinite(
  matrix: Float32Array | Float64Array,
  size: number,
  {
    ridge = 0,
    pace = async () => {},
  }: { readonly ridge?: number; readonly pace?: (step: number) => Promise<void> } = {},
): Promise<Float64Array> {
  const side = Math.ceil(size / tile) * tile;
  const lower = padded(matrix, size, side);
  for (let row = 0; row < size; row++) lower[row * (side + 1)] = (lower[row * (side + 1)] as number) + ridge;
  let step = 0;
  for (let row = 0; row < side; row += tile, await pace(++step)) factorise(lower, side, row);
  // The rows of L⁻ᵀ, so that all sums run along rows.
  const turned = new Float64Array(side * side);
  for (let row = 0; row < side; row += tile, await pace(++step)) invert(lower, turned, side, row);
  for (let row = 0; row < side; row += tile, await pace(++step)) multiply(turned, lower, side, row);
  return size === side ? lower : unpadded(lower, size, side);
}

/** How many steps there are for a matrix of so many rows. */
export function inverseSteps(size: number): number {
  return 3 * Math.ceil(size / tile);
}

/** Rows and columns are added up to whole tiles, 1 on the diagonal and 0 elsewhere: they change nothing of the rest. */
function padded(matrix: Float32Array | Float64Array, size: number, side: number): Float64Array {
  const whole = new Float64Array(side * side);
  for (let row = 0; row < size; row++) whole.set(matrix.subarray(row * size, (row + 1) * size), row * side);
  for (let row = size; row < side; row++) whole[row * (side + 1)] = 1;
  return whole;
}

function unpadded(whole: Float64Array, size: number, side: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row++) matrix.set(whole.subarray(row * side, row * side + size), row * size);
  return matrix;
}

const sums = new Float64Array(tile * tile);

/** L_ij = (A_ij − Σ_{k<j} L_ik L_jk) / L_jj, and the root of that on the diagonal: four rows, in place. */
function factorise(lower: Float64Array, side: number, from: number): void {
  for (let column = 0; column <= from; column += tile) {
    products(lower, from * side, lower, column * side, side, 0, column);
    for (let i = from; i < from + tile; i++)
      for (let j = column; j < column + tile && j <= i; j++) {
        let left = (lower[i * side + j] as number) - (sums[(i - from) * tile + j - column] as number);
        for (let k = column; k < j; k++) left -= (lower[i * side + k] as number) * (lower[j * side + k] as number);
        lower[i * side + j] = i === j ? Math.sqrt(left) : left / (lower[j * (side + 1)] as number);
      }
  }
}

/** With M = L⁻¹: M_jj = 1 / L_jj, M_ij = −Σ_{j≤k<i} L_ik M_kj / L_ii. Four columns of M, as rows of Mᵀ. */
function invert(lower: Float64Array, turned: Float64Array, side: number, from: number): void {
  for (let row = from; row < side; row += tile) {
    products(lower, row * side, turned, from * side, side, from, row);
    for (let j = from; j < from + tile; j++)
      for (let i = Math.max(row, j); i < row + tile; i++) {
        let left = (i === j ? 1 : 0) - (sums[(i - row) * tile + j - from] as number);
        for (let k = row; k < i; k++) left -= (lower[i * side + k] as number) * (turned[j * side + k] as number);
        turned[j * side + i] = left / (lower[i * (side + 1)] as number);
      }
  }
}

/** P_ij = Σ_{k≥i} M_ki M_kj for j ≤ i, and P_ji the same. Four rows and columns of P. */
function multiply(turned: Float64Array, inverse: Float64Array, side: number, from: number): void {
  for (let column = 0; column <= from; column += tile) {
    products(turned, from * side, turned, column * side, side, from, side);
    for (let i = from; i < from + tile; i++)
      for (let j = column; j < column + tile; j++) {
        const sum = sums[(i - from) * tile + j - column] as number;
        inverse[i * side + j] = sum;
        inverse[j * side + i] = sum;
      }
  }
}

/**
 * Into {@link sums}: the inner products of four rows of `a` with four of `b`, over the columns `from` up to `to`.
 *
 * @param a0 where the first of the four rows begins; the next is `side` further on.
 */
function products(
  a: Float64Array,
  a0: number,
  b: Float64Array,
  b0: number,
  side: number,
  from: number,
  to: number,
): void {
  for (let row = 0; row < tile; row += 2) {
    const upper = a0 + row * side;
    const lower = upper + side;
    let [u0, u1, u2, u3, l0, l1, l2, l3] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let k = from; k < to; k++) {
      const u = a[upper + k] as number;
      const l = a[lower + k] as number;
      const first = b[b0 + k] as number;
      const second = b[b0 + side + k] as number;
      const third = b[b0 + 2 * side + k] as number;
      const fourth = b[b0 + 3 * side + k] as number;
      u0 += u * first;
      u1 += u * second;
      u2 += u * third;
      u3 += u * fourth;
      l0 += l * first;
      l1 += l * second;
      l2 += l * third;
      l3 += l * fourth;
    }
    sums.set([u0, u1, u2, u3, l0, l1, l2, l3], row * tile);
  }
}
