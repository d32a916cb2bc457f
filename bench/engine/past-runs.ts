/**
 * Does a run that has nothing to do take longer where much has been recorded?
 *
 *     npm run bench:past-runs [-- --runs 10000]
 *
 * Times the no-op of five stages in a fresh folder, then again after so many runs with results of their own have been
 * added to its record, first by the answer kept from before and then without it.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { medianOf, timed } from './measure.ts';
import { scenarios } from './scenarios.ts';
import { retrial } from './tools.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10000' } } });
const count = Number(values.runs);
const folder = mkdtempSync(join(tmpdir(), 'retrial-bench-'));
try {
  retrial.write(folder, scenarios[0]?.work ?? { stages: [] });
  timed(retrial.run(folder));
  await sleep(2500);
  timed(retrial.run(folder));
  const before = { kept: noOp(), anew: noOpAnew() };
  addRuns(count);
  await sleep(2500);
  timed(retrial.run(folder));
  const after = { kept: noOp(), anew: noOpAnew() };
  console.log(`no-op of 5 stages, 1 recorded run → ${count + 1}:`);
  console.log(
    `  as kept   ${before.kept.toFixed(3)} → ${after.kept.toFixed(3)} s (${(after.kept / before.kept).toFixed(2)} ×)`,
  );
  console.log(
    `  read anew ${before.anew.toFixed(3)} → ${after.anew.toFixed(3)} s (${(after.anew / before.anew).toFixed(2)} ×)`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function noOp(): number {
  return medianOf(Array.from({ length: 9 }, () => timed(retrial.run(folder)))).wall;
}

function noOpAnew(): number {
  const times = Array.from({ length: 9 }, () => {
    rmSync(join(folder, 'runs', 'memo'), { recursive: true, force: true });
    return timed(retrial.run(folder));
  });
  return medianOf(times).wall;
}

/** Copies of the run under other hashes: folders, locks and journals as real ones have. */
function addRuns(wanted: number): void {
  const runs = join(folder, 'runs');
  const [hash = ''] = readdirSync(runs).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const journals = join(runs, 'journal');
  const [journal = ''] = readdirSync(journals);
  const text = readFileSync(join(journals, journal), 'utf8');
  for (let at = 0; at < wanted; at++) {
    const other = at.toString(16).padStart(8, '0') + hash.slice(8);
    const attempt = join(runs, other, 'attempts', '1');
    mkdirSync(attempt, { recursive: true });
    for (const name of ['config.yaml', 'pipeline.yaml']) cpSync(join(runs, hash, name), join(runs, other, name));
    const lock = readFileSync(join(runs, hash, 'attempts', '1', 'lock.json'), 'utf8');
    writeFileSync(join(attempt, 'lock.json'), lock.replaceAll(hash, other));
    writeFileSync(join(journals, `${other.slice(0, 8)}-${journal}`), text.replaceAll(hash, other));
  }
}
