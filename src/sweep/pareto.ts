/** Several losses: what is better than what, and what nothing is better than. */

/** No worse in any loss, and better in one. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((loss, m) => loss <= (b[m] ?? Infinity)) && a.some((loss, m) => loss < (b[m] ?? Infinity));
}

/** Positions of those that none of the others dominates. */
export function paretoFront(losses: readonly (readonly number[])[]): number[] {
  return losses.flatMap((own, at) => (losses.some((other) => dominates(other, own)) ? [] : [at]));
}
