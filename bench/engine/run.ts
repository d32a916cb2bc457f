/**
 * What does a `retrial run` cost that has nothing to do?
 *
 *     npm run bench:engine [-- --rounds 15] [-- --in FOLDER]
 *
 * Prints the median of a no-op run as a ratio to `node -e 0`, the two taking turns, so that a busy machine slows both.
 * The pipeline is one of five shell stages, or, with --in, that of a project whose last run is up to date.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const command = join(import.meta.dirname, '..', '..', 'bin', 'retrial.js');
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' }, in: { type: 'string' } } });

if (values.in === undefined) {
  const folder = shellProject();
  try {
    report('five shell stages', folder, Number(values.rounds));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else report('project', values.in, Number(values.rounds));

function report(name: string, folder: string, rounds: number): void {
  retrial(folder); // what is not up to date is, from here on
  expectFresh(folder);
  const times = { bare: [] as number[], run: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.bare.push(timed(() => execFileSync(process.execPath, ['-e', '0'])));
    times.run.push(timed(() => retrial(folder)));
  }
  const [bare, run] = [median(times.bare), median(times.run)];
  console.log(
    `no-op retrial run, ${name}: ${(run / bare).toFixed(2)} × node -e 0 (${ms(run)} to ${ms(bare)}, medians of ${rounds})`,
  );
}

function retrial(folder: string, ...args: string[]): string {
  return execFileSync(process.execPath, [command, 'run', ...args], { cwd: folder, stdio: 'pipe' }).toString();
}

/** A benchmark of a run that does something would tell nothing. */
function expectFresh(folder: string): void {
  const { attempt } = JSON.parse(retrial(folder, '--json')) as { attempt: number | null };
  if (attempt !== null) throw new Error('the second run was not a no-op');
}

function shellProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-bench-'));
  const stages = [1, 2, 3, 4, 5].map((at) => {
    const dep = at === 1 ? '' : `deps: { in: "\${s${at - 1}.out}" }, `;
    const text = at === 1 ? 'echo ${params.seed}' : 'cat ${deps.in}';
    return `  s${at}: { cmd: "sh step.sh; ${text} > \${outs.out}", ${dep}code: [step.sh], outs: { out: out.txt } }\n`;
  });
  writeFileSync(join(folder, 'pipeline.yaml'), `version: 1\nparams: params.yaml\nstages:\n${stages.join('')}`);
  writeFileSync(join(folder, 'params.yaml'), 'seed: 1\n');
  writeFileSync(join(folder, 'step.sh'), 'true\n');
  return folder;
}

function timed(work: () => unknown): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function ms(time: number): string {
  return `${time.toFixed(0)} ms`;
}
