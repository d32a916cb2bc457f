/**
 * What it costs to record runs and to list the best of them, beside MLflow with SQLite.
 *
 *     npm run bench:record -- --peers FOLDER [--runs 10000] [--mlflow-runs 200] [--points 1000] [--stages 20]
 *
 * Ours: the journals of so many runs are written by the engine's own writer and taken into the index. MLflow: its own
 * Python client logs the first of the same runs (params, metrics, state) into SQLite, in its process. Points are another
 * matter, as ours stay in files: what 1,000 of them cost is measured on the whole way, from the lines that a stage
 * writes to RETRIAL_METRICS to the published series, as the difference between two sweeps; MLflow's by `log_batch` of
 * 1,000. The list of the best is of as many runs on both sides: MLflow's are copied by SQL. Processor time, as the machine
 * may be busy. MLflow is installed into FOLDER.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hashJson } from '../../src/hash.ts';
import { flatten } from '../../src/pipeline/param-tree.ts';
import { openIndex } from '../../src/record/open-index.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { type Timing, timed } from '../engine/measure.ts';
import { generateRuns, metricsOf, paramsOf } from './generate-runs.ts';

const { values } = parseArgs({
  options: {
    peers: { type: 'string' },
    runs: { type: 'string', default: '10000' },
    'mlflow-runs': { type: 'string', default: '200' },
    points: { type: 'string', default: '1000' },
    stages: { type: 'string', default: '20' },
  },
});
if (values.peers === undefined) throw new Error('--peers names the folder into which MLflow is installed');
const python = mlflowPython(resolve(values.peers));
const [runs, points] = [Number(values.runs), Number(values.points)];
const mlflowRuns = Math.min(runs, Number(values['mlflow-runs']));
const folder = mkdtempSync(join(tmpdir(), 'retrial-bench-record-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const { record, list, mb } = await ours();
const [none, all]: [number[], number[]] = [[], []];
for (let round = 0; round < 3; round++) {
  none.push(sweep(0).cpu); // in turns, and the least of each: what a busy machine adds is not the points'
  all.push(sweep(points).cpu);
}
const series = (Math.min(...all) - Math.min(...none)) / Number(values.stages);
const peer = mlflow();

console.log(`| processor time | retrial | MLflow ${peer.version} | |\n|---|---|---|---|`);
row(`a run of ${runs} (MLflow: ${mlflowRuns})`, (1000 * record) / runs, (1000 * peer.bare.cpu) / mlflowRuns);
row(`${points} points of a series`, 1000 * series, (1000 * peer.series.cpu) / mlflowRuns);
row(`the best 20 of ${runs} runs by a metric`, 1000 * list, 1000 * peer.list.cpu);
console.log(`\n${digits(runs / record)} runs are recorded in a second; the index of ${runs} has ${mb} MB`);

/** Journals and index of runs, without points: those would lie beside it as files. */
async function ours(): Promise<{ record: number; list: number; mb: number }> {
  const layout = layoutOf(join(folder, 'runs'));
  mkdirSync(layout.runs);
  const record = await cpuOf(async () => {
    generateRuns(layout, { runs, points: 0 });
    await (await openIndex(layout)).close();
  });
  const index = await openIndex(layout);
  const ask = 'SELECT config_hash, "evaluate.ndcg@10" FROM metrics_wide ORDER BY 2 DESC LIMIT 20';
  const times: number[] = [];
  for (let at = 0; at < 5; at++) times.push(await cpuOf(async () => void (await index.ask(ask))));
  await index.close();
  return { record, list: times.sort((a, b) => a - b)[2] ?? 0, mb: Math.round(statSync(layout.index).size / 1e6) };
}

async function cpuOf(body: () => Promise<void>): Promise<number> {
  const begin = process.cpuUsage();
  await body();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

/** A sweep over a stage that writes so many points. */
function sweep(count: number): Timing {
  const project = mkdtempSync(join(folder, 'sweep-'));
  const program = `BEGIN { for (i = 1; i <= ${count}; i++) printf "{\\"step\\":%d,\\"loss\\":%g}\\n", i, 1 / i >> ENVIRON["RETRIAL_METRICS"] }`;
  const stage = {
    cmd: `awk -f write.awk && printf '{"value": %s}' \${params.x} > \${outs.scores}`,
    code: ['write.awk'],
  };
  const metrics = { scores: { path: 'scores.json', goal: 'minimize' } };
  const pipeline = { version: 1, params: 'params.yaml', stages: { train: { ...stage, metrics } } };
  const search = { version: 1, metric: { name: 'train.value', goal: 'minimize' }, sampler: { type: 'random' } };
  writeFileSync(join(project, 'write.awk'), program);
  writeFileSync(join(project, 'params.yaml'), 'x: 0.5\n');
  writeFileSync(join(project, 'pipeline.yaml'), JSON.stringify(pipeline));
  writeFileSync(join(project, 'sweep.yaml'), JSON.stringify({ ...search, parameters: { x: { min: 0.5, max: 1.5 } } }));
  const retrial = join(import.meta.dirname, '../../bin/retrial.js');
  const argv = [retrial, 'sweep', 'sweep.yaml', '--workers', '1', '--trials', values.stages];
  return timed({ argv: [process.execPath, ...argv], cwd: project });
}

interface Peer {
  readonly version: string;
  readonly bare: Timing;
  readonly series: Timing;
  readonly list: Timing;
}

/** The same runs, under names that MLflow takes. */
function mlflow(): Peer {
  const same = Array.from({ length: mlflowRuns }, (_, run) => ({
    hash: hashJson(paramsOf(run)),
    params: Object.fromEntries(Object.entries(flatten(paramsOf(run))).map(([name, value]) => [name, String(value)])),
    metrics: Object.fromEntries(
      Object.entries(metricsOf(run)).map(([name, value]) => [`evaluate.${name.replace('@', '_at_')}`, value]),
    ),
  }));
  const program = join(import.meta.dirname, 'mlflow_peer.py');
  const args = [program, join(folder, 'mlflow'), ...[mlflowRuns, points, runs].map(String)];
  const out = execFileSync(python, args, { input: JSON.stringify(same), stdio: ['pipe', 'pipe', 'inherit'] });
  return JSON.parse(out.toString().trim().split('\n').at(-1) ?? '') as Peer;
}

/** Installed where it is missing: 850 MB, and a minute of processor time. */
function mlflowPython(peers: string): string {
  const made = join(peers, 'mlflow', 'bin', 'python');
  if (!existsSync(made)) {
    mkdirSync(peers, { recursive: true });
    execFileSync('python3', ['-m', 'venv', join(peers, 'mlflow')]);
    execFileSync(made, ['-m', 'pip', 'install', '--quiet', 'mlflow==3.*'], { stdio: 'inherit' });
  }
  return made;
}

function row(what: string, own: number, other: number): void {
  console.log(`| ${what} | ${digits(own)} ms | ${digits(other)} ms | ${digits(other / own)} × |`);
}

function digits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(2);
}
