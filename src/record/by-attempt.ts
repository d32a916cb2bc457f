/** Rows of many attempts, as the index gives them out → those of one, in their order. */
export function byAttempt<Row extends { readonly attemptId: number }>(
  rows: readonly Row[],
): (attemptId: number) => readonly Row[] {
  const known = new Map<number, Row[]>();
  for (const row of rows) {
    const own = known.get(row.attemptId);
    if (own === undefined) known.set(row.attemptId, [row]);
    else own.push(row);
  }
  return (attemptId) => known.get(attemptId) ?? [];
}
