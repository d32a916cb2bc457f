/** Which GPUs there are, as the environment says it. */
import { expect, test } from 'vitest';
import { capacityHere, checkGpus, gpusOf } from '../../src/execute/capacity.ts';

test.each([
  [{}, undefined],
  [{ RETRIAL_GPUS: '3' }, ['0', '1', '2']],
  [{ RETRIAL_GPUS: '0', CUDA_VISIBLE_DEVICES: '0,1' }, []],
  [{ RETRIAL_GPUS: '2,' }, ['2']],
  [{ RETRIAL_GPUS: '0, 2,0' }, ['0', '2']],
  [{ RETRIAL_GPUS: '', CUDA_VISIBLE_DEVICES: '1,GPU-8932f937' }, ['1', 'GPU-8932f937']],
  [{ CUDA_VISIBLE_DEVICES: '3' }, ['3']],
  [{ CUDA_VISIBLE_DEVICES: '' }, []],
  [{ CUDA_VISIBLE_DEVICES: '0,-1,1' }, ['0']],
  [{ CUDA_VISIBLE_DEVICES: 'NoDevFiles' }, []],
])('of %o', (env, gpus) => {
  expect(gpusOf(env)).toEqual(gpus);
});

test('what names none is told before anything runs, where somebody asks for some', () => {
  const before = process.env.RETRIAL_GPUS;
  process.env.RETRIAL_GPUS = '0,-1';
  try {
    expect(() => checkGpus([{ resources: { gpus: 1 } }])).toThrow('RETRIAL_GPUS: -1 names no GPU');
    expect(() => checkGpus([{ resources: { gpus: 0 } }, { resources: {} }])).not.toThrow();
  } finally {
    if (before === undefined) delete process.env.RETRIAL_GPUS;
    else process.env.RETRIAL_GPUS = before;
  }
});

test('processors are as many as were asked for, memory no more than the machine has', () => {
  const { cpus, memoryBytes } = capacityHere(3);
  expect(cpus).toBe(3);
  expect(memoryBytes).toBeGreaterThan(0);
});
