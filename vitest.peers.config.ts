import { defineConfig } from 'vitest/config';

/** What takes other tools that are large: `npm run test:peers`. */
export default defineConfig({
  test: {
    include: ['test/peers/*.peer.ts'],
    testTimeout: 300_000,
    hookTimeout: 900_000, // installs what is missing
    pool: 'forks',
    maxWorkers: 1,
  },
});
