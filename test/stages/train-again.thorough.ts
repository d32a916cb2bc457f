/** Training that is stopped and goes on, and that of another backend. */
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hashes, smallTraining } from '../helpers/small-training.ts';

const { folder, train } = await smallTraining();

/** SIGTERM once so many points are there. */
async function stopAfter(points: number, child: { kill(signal: NodeJS.Signals): boolean }, metrics: string) {
  const count = async () =>
    (await readFile(metrics, 'utf8')).split('\n').filter((line) => line.includes('"step"')).length;
  while ((await count()) < points) await setTimeout(20);
  child.kill('SIGTERM');
}

test('told to stop, training keeps where it stands, goes on from there, and ends with the same bytes', async () => {
  const model = { rounds: 100, hidden: 200, validate_every: 25, keep: 'best' }; // long enough to be stopped half-way
  const whole = await train(model);
  const checkpoint = await mkdtemp(join(folder, 'checkpoint-'));
  const env = { RETRIAL_CHECKPOINT: checkpoint };
  const stopped = await train(model, 1, { env, started: (child, metrics) => void stopAfter(3, child, metrics) });
  expect([stopped.exitCode, await readdir(checkpoint)]).toEqual([143, [expect.stringMatching(/^step-0*[1-9]/)]]);
  const resumed = await train(model, 1, { env });
  expect(resumed.stderr).toContain('goes on from the checkpoint of step');
  expect(await hashes(resumed.outs.model as string)).toEqual(await hashes(whole.outs.model as string));
  const points = (run: typeof whole) => run.series.filter((line) => 'step' in line);
  expect(points(resumed)).toEqual(points(whole));
});

test.each([{ rounds: 20 }, { rounds: 10, loss: 'wgan-gp', learning_rate: 1e-4, beta1: 0, beta2: 0.9 }])(
  'WebAssembly trains to what native TensorFlow does: losses within .001, NDCG within .005: %j',
  async (settings) => {
    const model = { ...settings, validate_every: 20 };
    const [native, wasm] = [await train(model), await train(model, 1, { env: { RETRIAL_TENSORFLOW: 'wasm' } })];
    const last = (run: typeof native) => run.series.filter((line) => 'step' in line).at(-1) as Record<string, number>;
    expect(Object.keys(last(wasm))).toEqual(Object.keys(last(native)));
    // A critic's level is free: no loss holds its last bias, which Adam moves by what rounding leaves.
    for (const [name, value] of Object.entries(last(native)).filter(([name]) =>
      'loss' in settings ? name !== 'g_loss' : true,
    ))
      expect(Math.abs((last(wasm)[name] as number) - value), name).toBeLessThan(name === 'val_ndcg@10' ? 0.005 : 0.001);
  },
);
