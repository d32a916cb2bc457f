/**
 * What it takes to answer from a large record, beside reading the same rows by the sqlite3 module directly.
 *
 *     npm run bench:runs -- [--runs 10000] [--params 20] [--metrics 10] [--repeats 5]
 *
 * Journals of so many runs are written and taken in once. Then, in turn: `retrial runs` in several forms, each a process of
 * its own; and, in one process that has loaded all it needs, every param and metric of those runs read as rows.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/record/database.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { recordMany } from './many-runs.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    params: { type: 'string', default: '20' },
    metrics: { type: 'string', default: '10' },
    repeats: { type: 'string', default: '5' },
  },
});
const sizes = { runs: Number(values.runs), params: Number(values.params), metrics: Number(values.metrics) };
const folder = mkdtempSync(join(tmpdir(), 'retrial-bench-record-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const command = join(import.meta.dirname, '../../bin/retrial.js');
function retrial(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [command, ...args], {
    ...{ cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 30 },
  });
  if (status !== 0) throw new Error(`retrial ${args.join(' ')}: ${stderr}`);
}

async function fastestMs(body: () => unknown): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < Number(values.repeats); i++) {
    const from = performance.now();
    await body();
    fastest = Math.min(fastest, performance.now() - from);
  }
  return fastest;
}

async function readDirectly(): Promise<void> {
  const db = await openDatabase(join(folder, 'runs/index.sqlite'), { readOnly: true });
  await db.all('SELECT * FROM attempts');
  await db.all('SELECT attempt_id, name, value FROM params');
  await db.all('SELECT attempt_id, name, value, text FROM metrics');
  await db.close();
}

writeFileSync(join(folder, 'pipeline.yaml'), 'version: 1\nstages:\n  train: { cmd: "true", outs: { o: o } }\n');
recordMany(layoutOf(join(folder, 'runs')), sizes);
const began = performance.now();
retrial('runs', '--limit', '1');
console.log(`${sizes.runs} runs × ${sizes.params} params × ${sizes.metrics} metrics`);
console.log(`taken in from their journals, once: ${((performance.now() - began) / 1000).toFixed(1)} s\n`);

const direct = await fastestMs(readDirectly);
console.log('| | ms | × |\n|---|---|---|');
console.log(`| rows by sqlite3 | ${Math.round(direct)} | 1 |`);
const asked: readonly (readonly string[])[] = [
  ['--version'],
  ['runs', '--limit', '20'],
  ['runs', '--limit', '20', '--sort', 'ndcg@10'],
  ['runs', '--limit', '20', '--sort', 'ndcg@10', '--where', 'ndcg@1 > .4 and model.loss = "wgan" and p3 < .5'],
  ['runs', '--json'],
];
for (const args of asked) {
  const ms = await fastestMs(() => retrial(...args));
  console.log(`| \`retrial ${args.join(' ')}\` | ${Math.round(ms)} | ${(ms / direct).toFixed(2)} |`);
}
