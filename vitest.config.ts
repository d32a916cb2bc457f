import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Tests start real processes; more at once than there are processors only makes them wait for each other.
    pool: 'forks',
    maxWorkers: 2,
  },
});
