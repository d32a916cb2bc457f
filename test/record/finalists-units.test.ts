/** Final runs whose scores by user are in the store, more of them than the search reads the units of. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConfigHash, type FingerprintHash, sha256 } from '../../src/hash.ts';
import type { Goal } from '../../src/pipeline/types.ts';
import type { FinalRun } from '../../src/record/final-runs.ts';
import { finalistsOf } from '../../src/record/finalists.ts';
import { meanOf } from '../../src/statistics/moments.ts';
import { sealed } from '../../src/store/seal.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const layout = temporaryLayout();
const users = [...Array(8).keys()];

/** A run of a stage `test` that kept its scores. */
function runOf(trial: number, replicate: number): FinalRun {
  const name = `${trial}/${replicate}`;
  const [run, fingerprint] = [
    sha256(`run ${name}`) as string as ConfigHash,
    sha256(`stage ${name}`) as string as FingerprintHash,
  ];
  const scores = users.map((user) => ((user * 5 + replicate * 3) % 7) / 10 - trial / 100);
  const { lock, outs } = layout.stage(fingerprint);
  const table = `user,value\n${scores.map((score, user) => `u${user},${score}\n`).join('')}`;
  write(join(outs, 'users.csv'), table);
  write(lock, JSON.stringify({ outputs: { 'final.units': { path: 'users.csv' } } }));
  const stages = { test: { outcome: 'ran', fingerprint } };
  const attempt = { format: 1, configHash: run, attempt: 1, status: 'complete', stages };
  write(layout.run(run).attempt(1).lock, JSON.stringify(sealed(attempt)));
  return { trial, replicate, seed: replicate, run, metrics: { 'test.value': meanOf(scores) }, reason: null };
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

test('units are read of all of them, whichever the others are compared with', async () => {
  const runs = [...Array(60).keys()].flatMap((trial) => [0, 1, 2].map((replicate) => runOf(trial, replicate)));
  for (const reference of [undefined, 57]) {
    const asked = { sought: 'test.value', goalOf: (): Goal => 'maximize', armOf: () => ({}), reference };
    const { rows = [] } = (await finalistsOf(layout, runs, asked)) ?? {};
    expect(rows.map(({ trial }) => trial)).toEqual([...Array(60).keys()]);
    for (const { how } of rows) expect(how).toBe('95 %, random effects of 3 replicates × 8 units');
    expect(rows.filter(({ against }) => (against?.holm ?? null) !== null)).toHaveLength(59);
  }
});
