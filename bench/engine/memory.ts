/**
 * Does the engine's memory grow with the number of stages and files?
 *
 *     npm run bench:memory [-- --most 10000]
 *
 * Peak resident memory of `retrial run`, cold, for pipelines of 10, 100, … trivial stages, and for one stage that writes
 * so many files; beside that of `node -e 0`. Needs GNU time.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command } from './measure.ts';
import { retrial, type Work } from './tools.ts';

const { values } = parseArgs({ options: { most: { type: 'string', default: '10000' } } });
const most = Number(values.most);
console.log(`node -e 0: ${peakMiB({ argv: [process.execPath, '-e', '0'], cwd: tmpdir() })} MiB`);
for (let count = 10; count <= most; count *= 10)
  console.log(`${count} stages: ${coldPeakMiB(stages(count))} MiB; ${count} files: ${coldPeakMiB(files(count))} MiB`);

function stages(count: number): Work {
  return {
    stages: Array.from({ length: count }, (_, at) => ({ name: `s${at}`, needs: [], line: `echo ${at} > $OUT` })),
  };
}

function files(count: number): Work {
  const line = `i=0; while [ $i -lt ${count} ]; do echo $i > $OUT/$i; i=$((i+1)); done`;
  return { stages: [{ name: 'files', needs: [], line, folder: true }] };
}

function coldPeakMiB(work: Work): number {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-bench-'));
  try {
    retrial.write(folder, work);
    return peakMiB(retrial.run(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function peakMiB({ argv, cwd }: Command): number {
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '%M', ...argv], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${argv.join(' ')} failed\n${stderr}`);
  return Math.round(Number(stderr.trim().split('\n').at(-1)) / 1024);
}
