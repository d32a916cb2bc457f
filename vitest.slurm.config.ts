import { defineConfig } from 'vitest/config';
import { patience } from './test/patience.ts';

/** On a real Slurm of its own, four nodes on this machine: `npm run test:slurm`. CI runs it, too. */
export default defineConfig({
  test: {
    include: ['test/slurm/**/*.slurm.ts'],
    globalSetup: ['test/slurm/cluster/setup.ts'],
    ...patience,
    pool: 'forks',
    maxWorkers: 2, // most of the time they wait for Slurm
  },
});
