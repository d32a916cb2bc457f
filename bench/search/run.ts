/**
 * How good are the points that samplers propose, beside Optuna's, and what does a suggestion cost?
 *
 *     npm run bench:search -- --peers FOLDER [--samplers random,tpe] [--seeds 10] [--trials 100] [--only ackley-5]
 *         [--costs 250,500,1000,2000]
 *
 * Each sampler minimises each function once a seed; then suggestions are timed after so many seen trials, both in the
 * same run (`--costs ''` leaves it out). Optuna is installed into FOLDER. Exits with 1 where ours finds significantly worse.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from '../engine/measure.ts';
import { functions } from './functions.ts';
import { optunaIn } from './optuna.ts';
import { bestOf, costOf, pointsToCheck } from './ours.ts';

const { values } = parseArgs({
  options: {
    peers: { type: 'string' },
    samplers: { type: 'string', default: 'random,tpe' },
    seeds: { type: 'string', default: '10' },
    trials: { type: 'string', default: '100' },
    only: { type: 'string', default: Object.keys(functions).join(',') },
    costs: { type: 'string', default: '250,500,1000,2000' },
  },
});
if (values.peers === undefined) throw new Error('--peers names the folder into which Optuna is installed');
const samplers = values.samplers.split(',');
const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => at + 1);
const trials = Number(values.trials);
const costsAfter = values.costs.split(',').filter(Boolean).map(Number);
const costFunction = 'rosenbrock-5';
const repeats = 11;
const significant = 0.05;

const optuna = optunaIn(resolve(values.peers), samplers);
console.log(`Optuna ${optuna.check(pointsToCheck())}; ${seeds.length} seeds; best after ${trials} evaluations\n`);
const worse = await quality();
if (costsAfter.length > 0) await costs();
if (worse > 0) process.exitCode = 1;

/** @returns how often ours is significantly worse. */
async function quality(): Promise<number> {
  console.log('| function | sampler | ours, median | Optuna, median | p | ours is |\n|---|---|---|---|---|---|');
  let worse = 0;
  for (const on of values.only.split(','))
    for (const sampler of samplers) {
      const ours = await bestsOfOurs(sampler, on);
      const theirs = optuna.bests(sampler, on, trials, seeds);
      const [p = 1] = optuna.pValues([[ours, theirs]]);
      const verdict = p >= significant ? 'no different' : isLess(ours, theirs) ? 'better' : 'worse';
      if (verdict === 'worse') worse += 1;
      const cells = [on, sampler, digits(middle(ours)), digits(middle(theirs)), p.toPrecision(2), verdict];
      console.log(`| ${cells.join(' | ')} |`);
    }
  return worse;
}

async function bestsOfOurs(sampler: string, on: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const seed of seeds) found.push(await bestOf(sampler, functionOf(on), trials, seed));
  return found;
}

async function costs(): Promise<void> {
  const heads = costsAfter.map((count) => `after ${count}`);
  console.log(`\nProcessor time of a suggestion on ${costFunction}, ours / Optuna's, ms\n`);
  console.log(`| sampler | ${heads.join(' | ')} |\n|---${'|---'.repeat(heads.length)}|`);
  for (const sampler of samplers) {
    const ours = await costOf(sampler, functionOf(costFunction), costsAfter, repeats);
    const theirs = optuna.cost(sampler, costFunction, costsAfter, repeats);
    const cells = ours.map((ms, at) => `${digits(ms)} / ${digits(theirs[at] ?? Number.NaN)}`);
    console.log(`| ${sampler} | ${cells.join(' | ')} |`);
  }
}

/** Whether ours is below theirs in more pairs than above: the side of Mann and Whitney's U. */
function isLess(ours: readonly number[], theirs: readonly number[]): boolean {
  return ours.flatMap((a) => theirs.map((b) => Math.sign(a - b))).reduce((sum, sign) => sum + sign, 0) < 0;
}

/** The mean of the two middle ones, where there are two. */
function middle(sample: readonly number[]): number {
  return (median(sample) - median(sample.map((value) => -value))) / 2;
}

function digits(value: number): string {
  return value.toPrecision(3);
}

function functionOf(name: string) {
  const on = functions[name];
  if (on === undefined) throw new Error(`no function ${name}; there are: ${Object.keys(functions).join(', ')}`);
  return on;
}
