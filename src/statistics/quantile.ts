/**
 * Between the two nearest, linearly: the seventh of Hyndman and Fan's definitions (1996), as in NumPy and R.
 *
 * @param sorted `[values]`, rising, at least one; may end in Infinity, beside which any interpolation is Infinity.
 * @param share 0 … 1
 */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low === high ? low : low + (high - low) * (at - Math.floor(at));
}
