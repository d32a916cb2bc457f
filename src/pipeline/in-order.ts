import type { Diagnostic } from '../errors.ts';

/** File by file in the order they first come, and from the top down in each; what has no place stays behind. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const files = [...new Set(diagnostics.map(({ place }) => place?.file))];
  const rank = ({ place }: Diagnostic): readonly number[] =>
    place === undefined ? [files.length, 0, 0] : [files.indexOf(place.file), place.line, place.column];
  return diagnostics.toSorted((a, b) => {
    const [mine, other] = [rank(a), rank(b)];
    return mine.map((value, index) => value - (other[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
  });
}
