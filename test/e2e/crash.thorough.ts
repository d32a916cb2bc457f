/** Killed at any moment, nothing half-written is seen, nothing runs on, and the same command goes on. More: test/long. */
import { test } from 'vitest';
import { killAtRandom } from '../helpers/kill-at-random.ts';
import { killCommand, killed } from '../helpers/kill-commands.ts';

const seed = Number(process.env.RETRIAL_CRASH_SEED ?? Date.now() % 100_000);

test(`kill -9 at 8 random moments (seed ${seed})`, async () => {
  await killAtRandom(8, seed);
});

test.each(Object.keys(killed))(`%s, killed at a random moment (seed ${seed})`, async (name) => {
  await killCommand(name, 1, seed);
});
