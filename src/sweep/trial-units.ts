/** The scores of single units (users, questions) that the runs of trials kept beside their metric. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigHash } from '../hash.ts';
import type { Stage } from '../pipeline/types.ts';
import { newestLock } from '../store/attempts.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';
import { parseUnits, UnitsError, type UnitsTable } from '../store/units-table.ts';
import type { RankedTrial } from './leaderboard.ts';
import type { SweepSpec } from './spec.ts';

/**
 * Of the first objective: by trial `[replicates][units]`, a unit at the same place in all. Trials of which a run kept none,
 * or other units, are left out.
 */
export async function trialUnits(
  spec: SweepSpec,
  layout: Layout,
  trials: readonly RankedTrial[],
): Promise<ReadonlyMap<number, readonly Float64Array[]>> {
  const found = new Map<number, readonly Float64Array[]>();
  const [stageName = '', ...rest] = spec.metrics[0].name.split('.');
  const stage = spec.pipeline.stages.get(stageName);
  if (stage === undefined || unitFiles(stage).length === 0) return found;
  let names: readonly string[] | undefined;
  for (const trial of trials) {
    const tables = await Promise.all(runsOf(trial).map((run) => unitsOf(layout, run, stage, rest.join('.'))));
    if (tables.some((table) => table === undefined)) continue;
    names ??= [...(tables[0]?.keys() ?? [])];
    const rows = tables.map((table) => alike(table as ReadonlyMap<string, number>, names ?? []));
    if (rows.every((row) => row !== undefined)) found.set(trial.number, rows);
  }
  return found;
}

/** In the order of the scores. */
function runsOf({ told, more }: RankedTrial): ConfigHash[] {
  return [...(told?.runs ?? []), ...more.flatMap(({ run, values }) => (run === undefined || !values ? [] : [run]))];
}

function unitFiles({ outs }: Stage): readonly string[] {
  return Object.entries(outs).flatMap(([name, { metrics }]) => (metrics?.units === undefined ? [] : [name]));
}

async function unitsOf(
  layout: Layout,
  run: ConfigHash,
  stage: Stage,
  metric: string,
): Promise<ReadonlyMap<string, number> | undefined> {
  const fingerprint = (await newestLock(layout, run))?.stages[stage.name]?.fingerprint;
  if (fingerprint === undefined) return undefined;
  const folder = layout.stage(fingerprint);
  const lock = await readJson<StageLock>(folder.lock);
  for (const name of unitFiles(stage)) {
    const path = lock?.outputs[`${name}.units`]?.path;
    const table = path === undefined ? undefined : await readTable(join(folder.outs, path));
    const at = table?.columns.indexOf(metric) ?? -1;
    if (table !== undefined && at >= 0)
      return new Map([...table.rows].map(([unit, row]) => [unit, row[at] as number] as const));
  }
  return undefined;
}

/** What cannot be read is not there. */
async function readTable(path: string): Promise<UnitsTable | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : parseUnits(text);
  } catch (error) {
    if (error instanceof UnitsError) return undefined;
    throw error;
  }
}

function alike(table: ReadonlyMap<string, number>, names: readonly string[]): Float64Array | undefined {
  if (table.size !== names.length) return undefined;
  const values = names.map((name) => table.get(name) ?? Number.NaN);
  return values.every(Number.isFinite) ? Float64Array.from(values) : undefined;
}
