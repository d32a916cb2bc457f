/** Several comparisons at once: by chance alone one of twenty is below .05. */

/**
 * Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979), in the order of `ps`: each is multiplied by how
 * many are as large or larger, up to 1, and none falls below that of a smaller one.
 */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.keys()].sort((a, b) => (ps[a] as number) - (ps[b] as number));
  const corrected = new Array<number>(ps.length);
  let highest = 0;
  order.forEach((at, rank) => {
    highest = Math.max(highest, Math.min(1, (ps[at] as number) * (ps.length - rank)));
    corrected[at] = highest;
  });
  return corrected;
}
