/** What a suggestion had seen, as the study writes it down. */
import { toRanges } from '../../src/sweep/number-ranges.ts';

/** @param running those that are not told, of the numbers below `next` */
export function seenOf(running: readonly number[], next: number): { readonly told: string; readonly running: string } {
  const rising = [...running].sort((a, b) => a - b);
  const told: string[] = [];
  let from = 0;
  for (const number of [...rising, next]) {
    if (number > from) told.push(number - 1 === from ? String(from) : `${from}-${number - 1}`);
    from = number + 1;
  }
  return { told: told.join(','), running: toRanges(rising) };
}
