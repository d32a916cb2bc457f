/** How wide the kernels around observations are. */

/**
 * The distance to the farther neighbour (Bergstra et al. 2011, section 4.2), but no less than `leastWidth`: the more
 * observations, the narrower they may be. The outermost have one neighbour; a lone one has the ends of the range.
 *
 * @param observed places in [0, 1], in any order @returns one width for each, in (0, 1]
 */
export function bandwidths(observed: Float64Array): Float64Array {
  const sorted = observed.slice().sort();
  const last = sorted.length - 1;
  const least = leastWidth(sorted.length);
  return observed.map((place) => {
    if (last === 0) return Math.max(place, 1 - place);
    const at = firstAtLeast(sorted, place);
    const below = at > 0 ? place - (sorted[at - 1] as number) : 0;
    const above = at < last ? (sorted[at + 1] as number) - place : 0;
    return Math.max(least, below, above);
  });
}

/** What Watanabe 2023 calls magic clipping, with exponent 1; the prior counts as an observation. */
function leastWidth(observations: number): number {
  return 1 / Math.min(100, 2 + observations);
}

/** Where the value is in the sorted ones, which have it. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
