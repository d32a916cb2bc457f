/** How jobs ended that a queue has forgotten. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConfigHash } from '../../src/hash.ts';
import { notedEnding, noteEndings } from '../../src/slurm/endings.ts';
import { jobFailure } from '../../src/slurm/job-failure.ts';
import type { SlurmJob } from '../../src/slurm/job-state.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const id = { configHash: 'a'.repeat(64) as ConfigHash, attempt: 1 };
const job = (more: Partial<SlurmJob>): SlurmJob => ({
  ...{ id: '7', submitted: '7', state: 'RUNNING', reason: '', node: 'n1', restarts: 0, name: 'fit', comment: '' },
  ...more,
});

test('what somebody saw is kept, and else the code of the batch script tells', async () => {
  const layout = temporaryLayout();
  const { ended } = layout.submission(id);
  const how = async (of: string) => jobFailure(of, await notedEnding(layout, id, of));
  expect((await how('7')).how).toBe('gone');
  mkdirSync(ended, { recursive: true });
  const seen = [job({}), job({ id: '8_1', state: 'OUT_OF_MEMORY' }), job({ id: '9', state: 'COMPLETED' })];
  noteEndings(layout, id, seen);
  writeFileSync(join(ended, '8_1.0'), '1\n');
  expect([await how('7'), await how('8_1'), await how('9')].map((failure) => failure.how)).toEqual([
    ...['gone', 'out-of-memory', 'gone'],
  ]);
  writeFileSync(join(ended, '7.0'), '143\n');
  expect((await how('7')).how).toBe('cancelled');
  writeFileSync(join(ended, '8_1.1'), '9\n'); // it was put back since
  expect((await how('8_1')).how).toBe('ended');
  writeFileSync(join(ended, '7.1'), '9\n');
  expect(await how('7')).toMatchObject({ how: 'ended', said: 'exit code 9' });
});
