/**
 * Negative entries: some of what a row does not hold, drawn anew for every round. Zero reconstruction and partial masking
 * each draw a set of their own, from streams of their own (the authors: "two separate negative sets").
 */
import { type Interactions, itemsOf } from '../../datasets/interactions.ts';
import type { RandomStream } from '../../random-stream.ts';

/** `[rows, columns]`, row-major: 1 where chosen, else 0. A byte an entry: 1.6 MB for MovieLens 100K. */
export type EntryMask = Uint8Array;

/** For each row, `round(share · unobserved)` of its unobserved entries, without replacement. */
export function drawNegatives(matrix: Interactions, share: number, random: RandomStream): EntryMask {
  const { users: rows, items: columns } = matrix;
  const mask = new Uint8Array(rows * columns);
  const open = new Int32Array(columns);
  for (let row = 0; row < rows; row++)
    chooseUnobserved(itemsOf(matrix, row), share, random, mask.subarray(row * columns, (row + 1) * columns), open);
  return mask;
}

/** @param open of the mask's length, to work in. */
function chooseUnobserved(
  observed: Int32Array,
  share: number,
  random: RandomStream,
  mask: EntryMask,
  open: Int32Array,
): void {
  mask.fill(1);
  for (const item of observed) mask[item] = 0;
  let length = 0;
  for (let item = 0; item < mask.length; item++) if (mask[item] === 1) open[length++] = item;
  const wanted = Math.round(share * length);
  // Whichever is fewer is drawn, those to take or those to leave: the same distribution.
  const leave = wanted > length / 2;
  const drawn = leave ? length - wanted : wanted;
  if (!leave) mask.fill(0);
  for (let i = 0; i < drawn; i++) {
    const j = i + random.integer(length - i);
    const item = open[j] as number;
    open[j] = open[i] as number;
    mask[item] = leave ? 0 : 1;
  }
}
