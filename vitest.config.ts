import { defineConfig } from 'vitest/config';
import { patience } from './test/patience.ts';

/** Of computing alone: they leave nothing behind in their process, which the next file goes on in, its modules loaded. */
const together = ['statistics', 'sweep', 'pipeline', 'logging', 'stages/{models,metrics,datasets}'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    ...patience,
    // Tests start real processes: more at once than there are processors makes them wait for each other, but for one that
    // works while the others wait for a lease, a file or a signal.
    pool: 'forks',
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: together } },
      { extends: true, test: { name: 'together', include: together, isolate: false } },
    ],
  },
});
