import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { tensorflowRuntime } from '../../src/plan/tensorflow-runtime.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The second derivative of x³ at 1, 2, 3, and what forty steps of gradient descent make of seeded weights. */
const program = (stages: string) => `
import { createHash } from 'node:crypto';
import { openTensorFlow } from '${stages}/tensorflow.ts';
const { tf, backend } = await openTensorFlow({ threads: 1 });
const x = tf.tensor([1, 2, 3]);
const slope = tf.grad((x) => tf.pow(x, tf.scalar(3, 'int32')).sum());
const second = tf.grad((x) => slope(x).sum())(x);
const weights = tf.variable(tf.randomNormal([64, 64], 0, 0.1, 'float32', 7));
const input = tf.randomNormal([32, 64], 0, 1, 'float32', 8);
const optimiser = tf.train.adam(0.01);
for (let step = 0; step < 40; step++) optimiser.minimize(() => tf.matMul(input, weights).sigmoid().sub(0.7).square().mean());
const bytes = new Uint8Array((await weights.data()).buffer.slice(0));
const simd = backend === 'wasm' && (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'));
console.log(JSON.stringify({
  backend, simd, second: Array.from(second.dataSync()), finite: Number.isFinite(weights.sum().dataSync()[0]),
  weights: createHash('sha256').update(bytes).digest('hex'),
}));
`;

/** Its stderr goes to a file, as a stage's does to its log. */
function open(chosen: string, folder = root) {
  const at = temporaryFolder();
  const script = join(at, 'program.mts');
  writeFileSync(script, program(join(folder, 'stages')));
  const stderr = join(at, 'stderr');
  const descriptor = openSync(stderr, 'w');
  const child = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), script], {
    env: { ...process.env, RETRIAL_TENSORFLOW: chosen, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', descriptor],
    encoding: 'utf8',
  });
  closeSync(descriptor);
  return { code: child.status, stdout: child.stdout, stderr: readFileSync(stderr, 'utf8') };
}

/** Retrial's stages beside its packages, without those that have compiled parts. */
function withoutNativePackages(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'stages'));
  for (const name of ['tensorflow.ts', 'data-error.ts'])
    copyFileSync(join(root, 'stages', name), join(folder, 'stages', name));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return folder;
}

describe.each([[''], ['wasm']])('RETRIAL_TENSORFLOW=%s', (chosen) => {
  test('opens silently, derives twice, and trains to the same bits in two processes', () => {
    const first = open(chosen);
    expect(first.stderr).toBe('');
    const result = JSON.parse(first.stdout) as { readonly second: number[] };
    const { backend } = chosen === 'wasm' ? { backend: 'wasm' } : tensorflowRuntime(root, 1);
    expect(result).toMatchObject({ backend, simd: backend === 'wasm', finite: true });
    for (const [at, value] of result.second.entries()) expect(value).toBeCloseTo(6 * (at + 1), 3);
    expect(open(chosen).stdout).toBe(first.stdout);
  });
});

test('what was asked for and cannot be had is an error that says what to do', () => {
  expect(open('gpu').stderr).toContain('RETRIAL_TENSORFLOW must be native or wasm, not "gpu"');
  const bare = withoutNativePackages();
  const native = open('native', bare);
  expect(native.code).toBe(1);
  expect(native.stderr).toMatch(/DataError: native TensorFlow does not load here \(.*tfjs-node.*\).*doctor --fix/);
  expect(open('', bare).stderr).toContain('TensorFlow.js is not completely installed');
});
