/** `history.jsonl` in a model's folder: the points of its training, one JSON line a step, for charts made later. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type HistoryPoint = { readonly step: number; readonly [series: string]: number };

const fileName = 'history.jsonl';

/** Writes nothing where there are no points: not every model has steps. All values are finite: training that diverges fails. */
export async function writeHistory(folder: string, points: readonly HistoryPoint[]): Promise<void> {
  if (points.length === 0) return;
  const lines = points.map((point) => JSON.stringify(point));
  await writeFile(join(folder, fileName), `${lines.join('\n')}\n`);
}

/** Empty for a model that had no steps. */
export async function readHistory(folder: string): Promise<HistoryPoint[]> {
  let text: string;
  try {
    text = await readFile(join(folder, fileName), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as HistoryPoint);
}
