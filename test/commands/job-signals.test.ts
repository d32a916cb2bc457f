/** What a job hears of Slurm. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { onJobSignals } from '../../src/commands/job-signals.ts';

test('the limit ends what runs also where the disk does not say whether there is a checkpoint', async () => {
  const told = onJobSignals(() => Promise.reject(new Error('ESTALE')));
  try {
    process.kill(process.pid, 'SIGUSR1');
    await once(told.signal, 'abort');
    expect({ isLimit: told.isLimit(), exitCode: told.exitCode() }).toEqual({ isLimit: true, exitCode: undefined });
  } finally {
    told.stop();
  }
});
