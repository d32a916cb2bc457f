/** The best k of a row of scores: one pass against the worst score kept so far, no sort of the whole row. */

/** Ranks rows of one evaluation; keeps its buffers, so that a user costs no allocation but its result. */
export interface Ranker {
  /**
   * The k best items of one user in a total order: score falling, then the lower index. NaN ranks as minus infinity.
   *
   * @param scores `[items]`, left as it is; may be longer or shorter than `candidates`. An item without a score ranks as
   * minus infinity.
   * @param excluded items that may not be recommended, rising.
   * @returns at most k item indices, best first: valid until the next call.
   */
  best(scores: Float32Array, excluded: Int32Array): Int32Array;
}

/** @param candidates items `0 … candidates - 1` may be recommended. */
export function rankerOf(k: number, candidates: number): Ranker {
  const row = new Float32Array(candidates);
  const size = Math.min(k, candidates);
  const items = new Int32Array(size);
  const values = new Float32Array(size);
  return {
    best(scores, excluded) {
      maskedInto(row, scores, excluded);
      const kept = keepBest(row, items, values);
      const length = kept < size ? fillUp(row, items, kept, excluded) : kept;
      return items.subarray(0, length);
    },
  };
}

/** What is excluded becomes minus infinity, so that the pass over the row asks one question an item. */
function maskedInto(row: Float32Array, scores: Float32Array, excluded: Int32Array): void {
  if (scores.length >= row.length) row.set(scores.subarray(0, row.length));
  else row.fill(Number.NEGATIVE_INFINITY, scores.length).set(scores);
  for (let i = 0; i < excluded.length; i++) row[excluded[i] as number] = Number.NEGATIVE_INFINITY;
}

/**
 * Keeps the best of what is above minus infinity, sorted, in `items`; most items fail the first comparison, as NaN does.
 * Items come in rising order, so an equal score stays behind those before it.
 *
 * @returns how many there are.
 */
function keepBest(row: Float32Array, items: Int32Array, values: Float32Array): number {
  const size = items.length;
  let length = 0;
  let least = Number.NEGATIVE_INFINITY;
  for (let item = 0; item < row.length; item++) {
    const score = row[item] as number;
    if (!(score > least)) continue;
    // From the end: what moves down one place is what is worse.
    let at = length < size ? length++ : size - 1;
    for (; at > 0 && score > (values[at - 1] as number); at--) {
      items[at] = items[at - 1] as number;
      values[at] = values[at - 1] as number;
    }
    items[at] = item;
    values[at] = score;
    if (length === size) least = values[size - 1] as number;
  }
  return length;
}

/** Where too few have a score above minus infinity, the others follow by index. @returns how many there are now. */
function fillUp(row: Float32Array, items: Int32Array, kept: number, excluded: Int32Array): number {
  let length = kept;
  let nextExcluded = 0;
  for (let item = 0; item < row.length && length < items.length; item++) {
    if (excluded[nextExcluded] === item) nextExcluded++;
    else if (!((row[item] as number) > Number.NEGATIVE_INFINITY)) items[length++] = item;
  }
  return length;
}
