/** "did you mean": the known name that is the least edits away. */

/** @returns the nearest of `known`, or undefined where none is near */
export function nearest(typed: string, known: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
    if (distance <= Math.max(1, Math.floor(name.length / 3)) && (best === undefined || distance < best.distance))
      best = { name, distance };
  }
  return best?.name;
}

/** A hint for a name that is not known: the nearest one, else all of them where they are few. */
export function didYouMean(typed: string, known: Iterable<string>): { hint?: string } {
  const names = [...known];
  const near = nearest(typed, names);
  if (near !== undefined) return { hint: `did you mean ${near}?` };
  if (names.length === 0) return {};
  return names.length <= 12 ? { hint: `there is: ${names.join(', ')}` } : {};
}

/** Levenshtein's distance, with a swap of neighbours as one edit. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(cell(a, b, i, j, rows, row));
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

function cell(a: string, b: string, i: number, j: number, rows: readonly number[][], row: readonly number[]): number {
  const at = (back: number, column: number) => rows[i - back]?.[column] ?? 0;
  const same = a[i - 1] === b[j - 1];
  const edits = [at(1, j) + 1, (row[j - 1] ?? 0) + 1, at(1, j - 1) + (same ? 0 : 1)];
  if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits.push(at(2, j - 2) + 1);
  return Math.min(...edits);
}
