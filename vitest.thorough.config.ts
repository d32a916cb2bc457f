import { defineConfig } from 'vitest/config';
import { patience } from './test/patience.ts';

/** Hostile surroundings, and what follows from what is moved, killed or asked at once: `npm run test:thorough`. CI runs it, too. */
export default defineConfig({
  test: {
    include: ['test/**/*.thorough.ts'],
    ...patience,
    pool: 'forks',
    maxWorkers: 3,
  },
});
