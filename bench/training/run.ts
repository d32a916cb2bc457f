/**
 * What a training step costs beside its peers, all with one thread, taking turns:
 *
 *     RETRIAL_DATA_MIRROR=… npx tsx bench/training/run.ts --peers FOLDER [--turns 3] [--long]
 *
 * Python TensorFlow is installed into FOLDER, from PyPI. `--long` trains 10,000 steps and looks at memory and tensors.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from '../engine/measure.ts';
import { oneThread, pythonTensorFlow } from '../python-tensorflow.ts';

interface Measured {
  readonly msPerStep: number;
  /** What the fastest twentieth of single steps stays under: of a machine that others use too, the steadiest. */
  readonly undisturbedMs: number;
  readonly cpuMsPerStep: number;
  readonly rssMb: number;
  readonly evaluationMs?: number;
  readonly tensorsLeft?: number;
  readonly rssGrownMb?: number;
}

const { values } = parseArgs({
  options: {
    peers: { type: 'string' },
    turns: { type: 'string', default: '3' },
    long: { type: 'boolean', default: false },
  },
});
const mirror = process.env.RETRIAL_DATA_MIRROR ?? '';
const ratings = resolve(mirror, 'ml-100k/u.data');
if (!existsSync(ratings)) throw new Error('RETRIAL_DATA_MIRROR names no folder with ml-100k/u.data');
const python = values.peers === undefined ? undefined : pythonTensorFlow(resolve(values.peers));

const ours =
  (mode: string, steps: number, backend = 'native') =>
  () =>
    run(process.execPath, ['--import', 'tsx', 'bench/training/ours.ts', mode, String(steps)], {
      RETRIAL_TENSORFLOW: backend,
    });
const peer = (mode: string, steps: number) => () =>
  run(python as string, [join(import.meta.dirname, 'keras_peer.py'), mode, ratings, String(steps)]);

const notebook = {
  'ours, native': ours('notebook', 200),
  'ours, wasm': ours('notebook', 20, 'wasm'),
  'TensorFlow.js, plainly': ours('plain', 40),
  ...(python === undefined
    ? {}
    : { 'one tf.function': peer('function', 200), "the notebook's Keras loop": peer('loop', 40) }),
};
const steps = turns(notebook);
table("One step of the notebook's GAN (batch 64, three Adam updates)", steps, 'ours, native');
const rounds = turns({ 'ours, native': ours('cfgan', 5), 'ours, wasm': ours('cfgan', 1, 'wasm') });
table('One round of CFGAN at its authors’ settings (260 updates)', rounds, 'ours, native');
const seconds = (medianOf(rounds, 'ours, native', 'msPerStep') * 250) / 1000;
console.log(`\nA training at those settings, 250 rounds: ${seconds.toFixed(0)} s on one core`);
await atOnce();
if (values.long)
  for (const [mode, count] of [
    ['notebook', 10_000],
    ['cfgan', 40],
  ] as const)
    afterMany(mode, count);

/** Whether memory and tensors stay where they were. */
function afterMany(mode: string, count: number): void {
  const { tensorsLeft, rssGrownMb, rssMb } = ours(mode, count)();
  const grown = `memory ${rssMb.toFixed(0)} MB, grown by ${rssGrownMb?.toFixed(0)} MB`;
  console.log(`\n${mode}, ${count} steps: ${tensorsLeft} tensors left, ${grown}`);
}

function turns(commands: Readonly<Record<string, () => Measured>>): Readonly<Record<string, readonly Measured[]>> {
  const times: Record<string, Measured[]> = {};
  for (let turn = 0; turn < Number(values.turns); turn++)
    for (const [name, measure] of Object.entries(commands)) times[name] = [...(times[name] ?? []), measure()];
  return times;
}

type Key = 'msPerStep' | 'undisturbedMs' | 'cpuMsPerStep' | 'rssMb' | 'evaluationMs';

function medianOf(times: Readonly<Record<string, readonly Measured[]>>, name: string, key: Key): number {
  return median((times[name] ?? []).map((one) => one[key] ?? Number.NaN));
}

function table(title: string, times: Readonly<Record<string, readonly Measured[]>>, reference: string): void {
  const of = (name: string, key: Key) => medianOf(times, name, key);
  console.log(
    `\n${title}\n\n| | ms | × ours | undisturbed, ms | × ours | CPU ms | all users evaluated, ms | MB |\n|---|---|---|---|---|---|---|---|`,
  );
  for (const name of Object.keys(times)) {
    const cells = [
      of(name, 'msPerStep').toFixed(1),
      (of(name, 'msPerStep') / of(reference, 'msPerStep')).toFixed(2),
      of(name, 'undisturbedMs').toFixed(1),
      (of(name, 'undisturbedMs') / of(reference, 'undisturbedMs')).toFixed(2),
      of(name, 'cpuMsPerStep').toFixed(1),
      Number.isNaN(of(name, 'evaluationMs')) ? '' : of(name, 'evaluationMs').toFixed(0),
      of(name, 'rssMb').toFixed(0),
    ];
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

/** Two trainings side by side, against one after the other. */
async function atOnce(): Promise<void> {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const start = () =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/training/ours.ts', 'notebook', '400'], {
      env: environment(),
    });
  const seconds = async (act: () => Promise<unknown>) => {
    const began = performance.now();
    await act();
    return (performance.now() - began) / 1000;
  };
  const one = await seconds(start);
  const both = await seconds(() => Promise.all([start(), start()]));
  console.log(
    `\nTwo trainings of 400 steps: one after the other ${(2 * one).toFixed(1)} s, side by side ${both.toFixed(1)} s`,
  );
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Measured {
  const out = execFileSync(program, args, {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Measured;
}

function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...oneThread, ...more };
}
