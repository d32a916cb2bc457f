/** Which trials the model takes, so that a suggestion's cost has a bound whatever has been seen. */

/**
 * The best half of `limit`, the latest quarter, and a quarter spread evenly over the rest: what is near the optimum, what
 * has just been tried, and the shape of all else. All where there are no more than `limit`.
 *
 * @param losses by number, rising (n)
 * @returns places in `losses`, rising
 */
export function subsetOf(losses: Float64Array, limit: number): readonly number[] {
  const all = [...losses.keys()];
  if (all.length <= limit) return all;
  const ranked = all.toSorted((a, b) => (losses[a] as number) - (losses[b] as number) || a - b);
  const kept = new Set(ranked.slice(0, Math.floor(limit / 2)));
  const others = all.filter((i) => !kept.has(i));
  const recent = others.splice(-Math.floor(limit / 4));
  const wanted = limit - kept.size - recent.length;
  const spread = Array.from({ length: wanted }, (_, k) => others[Math.floor((k * others.length) / wanted)] as number);
  return [...kept, ...recent, ...spread].toSorted((a, b) => a - b);
}
