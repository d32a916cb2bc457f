/**
 * Where the stages of a run and the lines between them lie: each stage in the column after those it needs, and a line
 * that passes a column has a row of its own there, so that it crosses no stage.
 */
export interface DagStage {
  readonly name: string;
  readonly deps: readonly string[];
}

export interface Spot {
  readonly column: number;
  readonly row: number;
}

export interface DagLayout {
  readonly stages: ReadonlyMap<string, Spot>;
  /** The spots a line goes through, its stages' included. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly path: readonly Spot[] }[];
  readonly columns: number;
  readonly rows: number;
}

/** Needs that are no stage of the list are left out. */
export function layoutDag(stages: readonly DagStage[]): DagLayout {
  const columns = columnsOf(stages);
  const names = new Set(stages.map(({ name }) => name));
  const edges = stages.flatMap(({ name, deps }) =>
    deps.filter((dep) => names.has(dep)).map((dep) => ({ from: dep, to: name })),
  );
  const taken = new Map<number, number>();
  const place = (column: number): Spot => {
    const row = taken.get(column) ?? 0;
    taken.set(column, row + 1);
    return { column, row };
  };
  const spots = new Map(stages.map(({ name }) => [name, place(columns.get(name) ?? 0)]));
  const none: Spot = { column: 0, row: 0 };
  const paths = edges.map(({ from, to }) => {
    const [start, end] = [spots.get(from) ?? none, spots.get(to) ?? none];
    const between: Spot[] = [];
    for (let column = start.column + 1; column < end.column; column++) between.push(place(column));
    return { from, to, path: [start, ...between, end] };
  });
  return { stages: spots, edges: paths, columns: taken.size, rows: Math.max(0, ...taken.values()) };
}

/** How many stages the longest way to each leads through. */
function columnsOf(stages: readonly DagStage[]): ReadonlyMap<string, number> {
  const deps = new Map(stages.map((stage) => [stage.name, stage.deps]));
  const columns = new Map<string, number>();
  const columnOf = (name: string): number => {
    const known = columns.get(name);
    if (known !== undefined) return known;
    const needs = (deps.get(name) ?? []).filter((dep) => deps.has(dep));
    const column = Math.max(-1, ...needs.map(columnOf)) + 1;
    columns.set(name, column);
    return column;
  };
  for (const { name } of stages) columnOf(name);
  return columns;
}
