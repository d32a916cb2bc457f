/** The scores of single units (users, questions) that runs kept beside a metric. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigHash } from '../hash.ts';
import { newestLock } from './attempts.ts';
import { readJson } from './files.ts';
import type { Layout } from './layout.ts';
import type { StageLock } from './published.ts';
import { parseUnits, UnitsError, type UnitsTable } from './units-table.ts';

/**
 * `[runs][units]` of each of `groups` of runs (the replicates of a trial), a unit at the same place in all of them. A group
 * of which a run kept no units, or others than the first group, has none.
 *
 * @param metric in full: `evaluate.ndcg@10`
 */
export async function unitScores(
  layout: Layout,
  groups: readonly (readonly ConfigHash[])[],
  metric: string,
): Promise<readonly (readonly Float64Array[] | undefined)[]> {
  const read = unitReader(layout, metric);
  const scores: (readonly Float64Array[] | undefined)[] = [];
  for (const runs of groups) scores.push(await read(runs));
  return scores;
}

/** {@link unitScores} of one group after the other, of which none is kept. */
export function unitReader(
  layout: Layout,
  metric: string,
): (runs: readonly ConfigHash[]) => Promise<readonly Float64Array[] | undefined> {
  let names: readonly string[] | undefined;
  return async (runs) => {
    const tables = await Promise.all(runs.map((run) => unitsOf(layout, run, metric)));
    const whole = tables.filter((table) => table !== undefined);
    if (whole.length < tables.length || whole.length === 0) return undefined;
    names ??= [...(whole[0]?.keys() ?? [])];
    const rows = whole.map((table) => alike(table, names ?? []));
    return rows.every((row) => row !== undefined) ? rows : undefined;
  };
}

async function unitsOf(
  layout: Layout,
  run: ConfigHash,
  metric: string,
): Promise<ReadonlyMap<string, number> | undefined> {
  const [stage = '', ...rest] = metric.split('.');
  const fingerprint = (await newestLock(layout, run))?.stages[stage]?.fingerprint;
  if (fingerprint === undefined) return undefined;
  const folder = layout.stage(fingerprint);
  const lock = await readJson<StageLock>(folder.lock);
  for (const [name, { path }] of Object.entries(lock?.outputs ?? {})) {
    const table = name.endsWith('.units') ? await readTable(join(folder.outs, path)) : undefined;
    const at = table?.columns.indexOf(rest.join('.')) ?? -1;
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
