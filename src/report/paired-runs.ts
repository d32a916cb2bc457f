/** Two runs compared unit by unit, where each kept its units: plain data from plain data. */
import { holm } from '../statistics/holm.ts';
import { type PairedTest, pairedTests } from '../statistics/paired.ts';
import type { UnitsTable } from '../store/units-table.ts';

/** Of one metrics file with `units` that both runs have, and whose units differ. */
export interface PairedComparison {
  /** `<stage>.<metrics file>` */
  readonly name: string;
  /** On both sides, with a number in each column. */
  readonly units: number;
  /** On one side alone, or with a number missing: left out. */
  readonly unpaired: number;
  /** Empty where there is a reason. */
  readonly metrics: readonly PairedMetric[];
  /** Why nothing is compared. */
  readonly reason: string | null;
}

export interface PairedMetric extends PairedTest {
  /** `<stage>.<metric>` */
  readonly name: string;
  /** {@link PairedTest.p} by Holm's correction over all metrics that are shown together. */
  readonly holm: number;
}

export interface UnitsSides {
  readonly name: string;
  readonly stage: string;
  readonly a: UnitsTable;
  readonly b: UnitsTable;
  /** Columns that are metrics of both runs. */
  readonly isMetric: (column: string) => boolean;
}

export type Uncompared = { readonly name: string; readonly reason: string };

export function pairedComparisons(sides: readonly (UnitsSides | Uncompared)[]): PairedComparison[] {
  const tested = sides.map((side) => ('reason' in side ? without(side) : comparison(side)));
  const corrected = holm(tested.flatMap(({ metrics }) => metrics.map(({ p }) => p)));
  let at = 0;
  return tested.map((each) => ({
    ...each,
    metrics: each.metrics.map((metric) => ({ ...metric, holm: corrected[at++] as number })),
  }));
}

function without({ name, reason }: Uncompared): PairedComparison {
  return { name, units: 0, unpaired: 0, metrics: [], reason };
}

function comparison({ name, stage, a, b, isMetric }: UnitsSides): PairedComparison {
  const columns = a.columns.filter((column) => b.columns.includes(column) && isMetric(column));
  if (columns.length === 0) return without({ name, reason: 'no column of the units is a metric of both' });
  const places = columns.map((column) => [a.columns.indexOf(column), b.columns.indexOf(column)] as const);
  const pairs = [...a.rows].flatMap(([unit, before]) => {
    const after = b.rows.get(unit);
    if (after === undefined) return [];
    const differences = places.map(([atA, atB]) => (after[atB] as number) - (before[atA] as number));
    return differences.every(Number.isFinite) ? [differences] : [];
  });
  const unpaired = new Set([...a.rows.keys(), ...b.rows.keys()]).size - pairs.length;
  if (pairs.length === 0) return { ...without({ name, reason: 'the two have no unit in common' }), unpaired };
  const tests = pairedTests(columns.map((_, m) => Float64Array.from(pairs, (row) => row[m] as number)));
  const metrics = columns.map((column, m) => ({
    ...{ name: `${stage}.${column}`, ...(tests[m] as PairedTest), holm: Number.NaN },
  }));
  return { name, units: pairs.length, unpaired, metrics, reason: null };
}
