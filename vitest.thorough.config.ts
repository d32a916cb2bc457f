import { defineConfig } from 'vitest/config';

/** Hostile surroundings, and what follows from what is moved, killed or asked at once: `npm run test:thorough`. CI runs it, too. */
export default defineConfig({
  test: {
    include: ['test/**/*.thorough.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 3,
  },
});
