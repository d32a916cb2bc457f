/** Names of the params, metrics or series that any of the runs has, in the order of the first run that has each. */
export function namesIn<Kind extends 'params' | 'metrics' | 'series'>(
  runs: readonly { readonly [kind in Kind]: object }[],
  kind: Kind,
): string[] {
  const names = new Set<string>();
  for (const run of runs) for (const name of Object.keys(run[kind])) names.add(name);
  return [...names];
}
