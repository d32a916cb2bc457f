/** Cholesky factors of dense symmetric matrices: row-major typed arrays, in place, for the loops that are run most. */
import { dot } from '../../../statistics/dot.ts';

/**
 * L of A = L Lᵀ, written over A's lower triangle; what is above the diagonal is left as it was, and never read.
 *
 * @param a n×n; false, and A lost, where it is not positive definite.
 */
export function factorise(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++)
      a[i * n + j] = ((a[i * n + j] as number) - dot(a, i * n, a, j * n, j)) / (a[j * n + j] as number);
    const pivot = (a[i * n + i] as number) - dot(a, i * n, a, i * n, i);
    if (!(pivot > 0)) return false;
    a[i * n + i] = Math.sqrt(pivot);
  }
  return true;
}

/** L⁻¹ b, written over b (n). */
export function solveLower(l: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) b[i] = ((b[i] as number) - dot(l, i * n, b, 0, i)) / (l[i * n + i] as number);
  return b;
}

/** L⁻ᵀ b, written over b (n). */
export function solveUpper(l: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = n - 1; i >= 0; i--) {
    const value = (b[i] as number) / (l[i * n + i] as number);
    b[i] = value;
    for (let j = 0; j < i; j++) b[j] = (b[j] as number) - value * (l[i * n + j] as number);
  }
  return b;
}

/** The lower triangle (n×n) of (L Lᵀ)⁻¹. */
export function inverse(l: Float64Array, n: number): Float64Array {
  const columns = new Float64Array(n * n); // row j: column j of L⁻¹
  for (let j = 0; j < n; j++) {
    columns[j * n + j] = 1 / (l[j * n + j] as number);
    for (let i = j + 1; i < n; i++)
      columns[j * n + i] = -dot(l, i * n + j, columns, j * n + j, i - j) / (l[i * n + i] as number);
  }
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) result[i * n + j] = dot(columns, i * n + i, columns, j * n + i, n - i);
  return result;
}
