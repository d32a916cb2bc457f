/**
 * What a trial costs beside its own work, and whether many workers get on with each other, beside Optuna's storages.
 *
 *     npm run bench:study -- --peers FOLDER [--trials 10000] [--sqlite-trials 1000] [--workers 8] [--stages 200]
 *
 * Three parts, all in the same run: one process that asks and tells trials of a trivial objective (random points), ours and
 * Optuna's with its SQLite storage and with its journal; as many trials among several processes, where each has to be told
 * once; and `retrial sweep` over a trivial stage beside the bare start of its command. Optuna is installed into FOLDER.
 * Exits with 1 where a trial is lost or told twice.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { optunaPython } from '../search/optuna.ts';
import { trivialSweep } from '../trivial-sweep.ts';

const { values } = parseArgs({
  options: {
    peers: { type: 'string' },
    trials: { type: 'string', default: '10000' },
    'sqlite-trials': { type: 'string', default: '1000' },
    workers: { type: 'string', default: '8' },
    stages: { type: 'string', default: '200' },
  },
});
if (values.peers === undefined) throw new Error('--peers names the folder into which Optuna is installed');
const python = optunaPython(resolve(values.peers));
const trials = Number(values.trials);
/** Optuna's SQLite storage takes minutes for a thousand; what a trial costs there does not grow. */
const countOf = (kind: Kind) => (kind === 'optuna-sqlite' ? Math.min(trials, Number(values['sqlite-trials'])) : trials);
const workers = Number(values.workers);
const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'retrial-bench-study-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

interface Told {
  /** Numbers of the trials that a process told. */
  readonly told: readonly number[];
  /** Seconds from its first ask to its last tell. */
  readonly seconds: number;
  /** Milliseconds a trial in the first tenth of them, and in the last. */
  readonly first: number;
  readonly last: number;
  readonly mb: number;
  /** What a storage refused: `database is locked`. */
  readonly errors: readonly string[];
}

const kinds = ['retrial', 'optuna-journal', 'optuna-sqlite'] as const;
type Kind = (typeof kinds)[number];
/** Of a process that works on the study in `place` until it has told so many trials in all. */
const commandOf = (kind: Kind, place: string, count: number): readonly string[] =>
  kind === 'retrial'
    ? [process.execPath, '--import', 'tsx', join(here, 'ours.ts'), place, String(count)]
    : [python, join(here, 'optuna_peer.py'), kind, place, String(count)];

console.log('one process\n');
console.log(
  '| | trials | ms a trial | × ours | in the first tenth | in the last | MB |\n|---|---|---|---|---|---|---|',
);
let ours = Number.NaN;
for (const kind of kinds) {
  const [one] = await run(kind, `one-${kind}`, 1);
  if (one === undefined) throw new Error(`${kind} said nothing`);
  const each = (1000 * one.seconds) / countOf(kind);
  if (kind === 'retrial') ours = each;
  row([
    kind,
    String(countOf(kind)),
    digits(each),
    digits(each / ours),
    digits(one.first),
    digits(one.last),
    String(one.mb),
  ]);
  check(kind, [one]);
}

console.log(`\n${workers} processes\n`);
console.log('| | seconds | ms a trial | trials told | told twice | refused |\n|---|---|---|---|---|---|');
for (const kind of kinds) {
  const all = await run(kind, `many-${kind}`, workers);
  const told = all.flatMap((one) => one.told);
  const seconds = Math.max(...all.map((one) => one.seconds));
  const refused = all.flatMap(({ errors }) => errors);
  row([
    kind,
    digits(seconds),
    digits((1000 * seconds) / countOf(kind)),
    ...[told.length, told.length - new Set(told).size, refused.length].map(String),
  ]);
  check(kind, all);
}
if (Number(values.stages) > 0) stages(Number(values.stages));

async function run(kind: Kind, place: string, count: number): Promise<readonly Told[]> {
  const command = commandOf(kind, join(folder, place), countOf(kind));
  const [program = '', ...begin] = commandOf(kind, join(folder, place), 0);
  if (kind !== 'retrial') execFileSync(program, begin, { stdio: ['ignore', 'ignore', 'inherit'] }); // makes its storage
  return Promise.all(Array.from({ length: count }, () => output(command)));
}

function output([program = '', ...args]: readonly string[]): Promise<Told> {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (part) => {
      text += String(part);
    });
    child.on('close', (code) => (code === 0 ? done(JSON.parse(text) as Told) : failed(new Error(`exit code ${code}`))));
  });
}

/** Of ours every number must have been told, once. */
function check(kind: Kind, all: readonly Told[]): void {
  if (kind !== 'retrial') return;
  const told = new Set(all.flatMap((one) => one.told));
  if (told.size === trials && all.flatMap((one) => one.told).length === trials) return;
  console.log(`retrial told ${told.size} of ${trials}`);
  process.exitCode = 1;
}

/** A sweep over a stage that does next to nothing, beside the start of its command alone. */
function stages(count: number): void {
  const project = mkdtempSync(join(folder, 'sweep-'));
  const sweep = trivialSweep(project);
  const startedMs = performance.now();
  execFileSync(process.execPath, [...sweep, '--workers', '2', '--trials', String(count)], { stdio: 'ignore' });
  const each = (performance.now() - startedMs) / count;
  const bareMs = performance.now();
  for (let at = 0; at < count; at++) execFileSync('/bin/sh', ['-c', `echo ${at} > ${join(project, 'bare')}`]);
  const bare = (performance.now() - bareMs) / count;
  console.log(
    `\na sweep of ${count} trivial stages, 2 workers: ${digits(each)} ms a trial; its bare command ${digits(bare)} ms`,
  );
}

function row(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
