import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/record/database.ts';
import { withIndex } from '../../src/record/open-index.ts';
import { compiled } from '../helpers/compiled.ts';
import { record } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const script = await compiled(fileURLToPath(new URL('../helpers/record-process.ts', import.meta.url)));
const start = (...args: readonly string[]) => execa(process.execPath, [script, ...args]);

test('four processes ingest while two write: every event counts once', async () => {
  const layout = temporaryLayout();
  await Promise.all([
    ...['0', '100'].map((first) => start('write', layout.runs, first, '40')),
    ...Array.from({ length: 4 }, () => start('ingest', layout.runs, '0', '8')),
  ]);
  await withIndex(layout, async (index) => {
    const runs = await index.runs();
    expect(runs).toHaveLength(80);
    expect(new Set(runs.map((r) => r.status))).toEqual(new Set(['complete']));
    expect(await index.metrics(runs.map((r) => r.attemptId))).toHaveLength(80 * 5);
    expect(await index.problems()).toEqual([]);
  });
  const db = await openDatabase(layout.index);
  expect(await db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(await db.all('PRAGMA foreign_key_check')).toEqual([]);
  await db.close();
});

test('a writer killed in the middle leaves its whole lines', async () => {
  const layout = temporaryLayout();
  const writer = start('write', layout.runs, '0', '1000000');
  const failed = writer.catch((error: unknown) => error);
  let seen = 0;
  while (seen < 20) seen = await withIndex(layout, async (index) => (await index.runs()).length);
  writer.kill('SIGKILL');
  await failed;
  await withIndex(layout, async (index) => {
    const runs = await index.runs();
    expect(runs.length).toBeGreaterThanOrEqual(seen);
    expect(runs.filter((r) => r.status === 'running')).toEqual([]);
    expect(await index.problems()).toEqual([]);
  });
});

test('a thousand runs', async () => {
  const layout = temporaryLayout();
  record(layout, ...Array.from({ length: 1000 }, (_, seed) => ({ params: { seed }, at: seed })));
  await withIndex(layout, async (index) => {
    const runs = await index.runs();
    expect(runs.map((r) => r.params.seed)).toEqual(Array.from({ length: 1000 }, (_, i) => 999 - i));
    expect(await index.metrics(runs.map((r) => r.attemptId))).toHaveLength(5000);
  });
});
