/** What counts as a checkpoint that a job has kept. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wroteCheckpoint } from '../../src/commands/job-checkpoint.ts';
import type { FingerprintHash } from '../../src/hash.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const key = 'b'.repeat(64) as FingerprintHash;

test('a file at any depth, and no folder', () => {
  const layout = temporaryLayout();
  const since = Date.now();
  expect(wroteCheckpoint(layout, key, since)).toBe(false);
  const folder = join(layout.checkpoint(key), 'step-3', 'weights');
  mkdirSync(folder, { recursive: true });
  expect(wroteCheckpoint(layout, key, since)).toBe(false);
  writeFileSync(join(folder, 'w.bin'), 'x');
  expect(wroteCheckpoint(layout, key, since)).toBe(true);
});

test('what was kept before the job began is none of its', () => {
  const layout = temporaryLayout();
  mkdirSync(layout.checkpoint(key), { recursive: true });
  const file = join(layout.checkpoint(key), 'step');
  writeFileSync(file, '5');
  const laterMs = Date.now() + 60_000;
  expect(wroteCheckpoint(layout, key, laterMs)).toBe(false);
  utimesSync(file, laterMs / 1000, laterMs / 1000);
  expect(wroteCheckpoint(layout, key, laterMs)).toBe(true);
});
