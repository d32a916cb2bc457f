/** Tells whether anything was recorded since, without reading it: journals only grow. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashJson } from '../hash.ts';
import type { Layout } from '../store/layout.ts';
import { namesIn } from '../store/listing.ts';
import { findJournals } from './ingest.ts';
import type { RunRow } from './rows.ts';

/** @param running attempts whose live series count too */
export async function recordSignature(
  layout: Layout,
  running: readonly Pick<RunRow, 'configHash' | 'attempt'>[],
): Promise<string> {
  const journals = (await findJournals(layout)).map(({ file }) => file);
  const series = await Promise.all(
    running.map(({ configHash, attempt }) => seriesFiles(layout.run(configHash).attempt(attempt).folder)),
  );
  const sizes = await Promise.all(
    [...journals, ...series.flat()].map(async (file) => [file, await sizeOf(file)] as const),
  );
  return hashJson(sizes.map(([file, size]) => [file, size]));
}

async function seriesFiles(attempt: string): Promise<string[]> {
  const names = await namesIn(attempt).catch(() => []);
  return names.filter((name) => name.endsWith('.metrics.jsonl')).map((name) => join(attempt, name));
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => -1,
  );
}
