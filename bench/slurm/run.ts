/**
 * What a trial costs on Slurm beside its own work: a sweep of trivial trials by workers on four nodes, beside Slurm's own jobs, in
 * the same run: as many trivial jobs as one array, and some submitted one by one.
 *
 *     npm run bench:slurm [-- --trials 1000 --jobs 400 --single 100 --workers 16]
 *
 * The cluster is that of the tests (test/slurm/cluster): it comes up on this machine, whose processors its nodes share, and goes.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import setup from '../../test/slurm/cluster/setup.ts';
import { trivialSweep } from '../trivial-sweep.ts';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '1000' },
    jobs: { type: 'string', default: '400' },
    single: { type: 'string', default: '100' },
    workers: { type: 'string', default: '16' },
  },
});
const [trials, jobs, single] = [values.trials, values.jobs, values.single].map(Number) as [number, number, number];

const down = await setup();
if (down === undefined) throw new Error('there is no Slurm here');
const folder = mkdtempSync(join(tmpdir(), 'retrial-bench-slurm-'));
try {
  const array = await timed(() => submit(['--array', `0-${jobs - 1}`]));
  const one = await timed(() => {
    for (let at = 0; at < single; at++) submit([]);
  });
  const sweep = await timed(runSweep);
  console.log('| | count | seconds | a second | ms each |\n|---|---|---|---|---|');
  row('jobs of Slurm, one array', jobs, array);
  row('jobs of Slurm, submitted one by one', single, one);
  row(`trials, ${values.workers} workers`, trials, sweep);
} finally {
  rmSync(folder, { recursive: true, force: true });
  await down();
}

function submit(args: readonly string[]): void {
  execFileSync('sbatch', ['--parsable', '-o', '/dev/null', '-D', folder, ...args, '--wrap', 'true'], {
    stdio: 'ignore',
  });
}

/** Until no job is left in the queue. */
async function timed(work: () => void): Promise<number> {
  const startMs = performance.now();
  work();
  while (spawnSync('squeue', ['-h', '-t', 'PD,R,CG'], { encoding: 'utf8' }).stdout !== '') await sleep(100);
  return (performance.now() - startMs) / 1000;
}

/** From its command until all workers have ended. */
function runSweep(): void {
  const retrial = trivialSweep(folder);
  const options = ['--executor', 'slurm', '--workers', values.workers, '--trials', String(trials), '--time', '60m'];
  execFileSync(process.execPath, [...retrial, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
  const end = spawnSync(process.execPath, [...retrial, '--watch', '--trials', String(trials), '--json'], {
    encoding: 'utf8',
  });
  const complete = (JSON.parse(end.stdout) as { states: { complete?: number } }).states.complete;
  if (complete !== trials) console.log(`${complete} of ${trials} trials are complete`);
}

function row(what: string, count: number, seconds: number): void {
  const cells = [
    what,
    String(count),
    seconds.toFixed(1),
    (count / seconds).toFixed(1),
    ((1000 * seconds) / count).toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
