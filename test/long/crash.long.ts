/** The same as test/e2e/crash.test.ts, for longer. */
import { test } from 'vitest';
import { killAtRandom } from '../helpers/kill-at-random.ts';
import { killCommand, killed } from '../helpers/kill-commands.ts';

const seed = Number(process.env.RETRIAL_CRASH_SEED ?? Date.now() % 100_000);

test(`kill -9 at 200 random moments (seed ${seed})`, { timeout: 1_200_000 }, async () => {
  await killAtRandom(200, seed);
});

test.each(Object.keys(killed))(
  `%s, killed at 40 random moments (seed ${seed})`,
  { timeout: 1_200_000 },
  async (name) => {
    for (let time = 0; time < 10; time++) await killCommand(name, 4, seed + time);
  },
);
