/** Reads the units that two sides of a diff kept beside their metrics, to be compared pair by pair. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../hash.ts';
import { fingerprintChanges } from '../plan/fingerprint.ts';
import { type PairedComparison, pairedComparisons, type Uncompared, type UnitsSides } from '../report/paired-runs.ts';
import type { DiffMetric, DiffSide, UnitsOutput } from '../report/run-diff.ts';
import { unlessStale } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { findPublished } from '../store/published.ts';
import { parseUnits, UnitsError, type UnitsTable } from '../store/units-table.ts';

/** One for each metrics file whose units both sides have, and not the same ones. */
export async function pairedOf(layout: Layout, a: DiffSide, b: DiffSide): Promise<PairedComparison[]> {
  const found: (UnitsSides | Uncompared)[] = [];
  for (const [stage, before] of Object.entries(a.stages))
    for (const [file, unitsA] of Object.entries(before.units ?? {})) {
      const unitsB = b.stages[stage]?.units?.[file];
      if (unitsB === undefined || unitsA.hash === unitsB.hash) continue;
      const name = `${stage}.${file}`;
      const reason = incomparable(stage, unitsA, a, b);
      found.push(
        reason === undefined ? await sidesOf(layout, name, stage, [a, unitsA], [b, unitsB]) : { name, reason },
      );
    }
  return pairedComparisons(found);
}

type Side = readonly [side: DiffSide, units: UnitsOutput];

async function sidesOf(
  layout: Layout,
  name: string,
  stage: string,
  [a, unitsA]: Side,
  [b, unitsB]: Side,
): Promise<UnitsSides | Uncompared> {
  const [before, after] = [await tableOf(layout, name, a.name, unitsA), await tableOf(layout, name, b.name, unitsB)];
  if (typeof before === 'string') return { name, reason: before };
  if (typeof after === 'string') return { name, reason: after };
  const isMetric = (column: string) => [a, b].every(({ metrics }) => metrics?.[`${stage}.${column}`] !== undefined);
  return { name, stage, a: before, b: after, isMetric };
}

/** Under other protocols, or on other data, the same unit is not the same question. */
function incomparable(stage: string, { metrics }: UnitsOutput, a: DiffSide, b: DiffSide): string | undefined {
  for (const metric of metrics) {
    const [before, after] = [a.metrics?.[`${stage}.${metric}`], b.metrics?.[`${stage}.${metric}`]];
    if (before === undefined || after === undefined || isAlike(before, after)) continue;
    const fields = fingerprintChanges(before.comparable, after.comparable).map(({ field }) => field);
    return `not comparable: ${fields.join(', ')} ${fields.length === 1 ? 'is' : 'are'} not the same`;
  }
  return undefined;
}

function isAlike(a: DiffMetric, b: DiffMetric): boolean {
  return canonicalJson(a.comparable) === canonicalJson(b.comparable);
}

/** The table, or why there is none. */
async function tableOf(layout: Layout, name: string, run: string, units: UnitsOutput): Promise<UnitsTable | string> {
  const lock = await findPublished(layout, units.fingerprint);
  if (lock === undefined) {
    const gone = existsSync(layout.collected(units.fingerprint)) ? 'were collected' : 'were deleted or damaged';
    return `the units of ${run} ${gone}; retrial path ${run} ${name}.units tells what makes them again`;
  }
  try {
    const path = join(layout.stage(units.fingerprint).outs, units.path);
    return parseUnits(await unlessStale(() => readFile(path, 'utf8')));
  } catch (error) {
    if (error instanceof UnitsError) return `the units file of ${run} ${error.message}`;
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return `the units of ${run} are a folder, not a file`;
    throw error;
  }
}
