/** Which submissions need looking after. */
import { existsSync, mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ConfigHash } from '../../src/hash.ts';
import { openSubmissions, type Submission, writeSubmission } from '../../src/slurm/submissions.ts';
import { currentProcess } from '../../src/store/process-identity.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const id = { configHash: 'a'.repeat(64) as ConfigHash, attempt: 1 };
const submitted = (at: number): Submission => ({
  ...{ format: 1, id, at, by: currentProcess(), nonce: 'n', runNonce: 'r', force: false, isolated: false },
  ...{ stages: {}, known: {}, givenTo: {}, given: {}, units: [], keys: {} },
});

test('one whose attempt is not in sight is left alone at first, and forgotten later', async () => {
  const layout = temporaryLayout();
  const { open } = layout.submission(id);
  mkdirSync(layout.submissionsOpen, { recursive: true });
  await writeSubmission(layout, submitted(Date.now()));
  expect(await openSubmissions(layout)).toHaveLength(1);
  expect(existsSync(open)).toBe(true);
  await writeSubmission(layout, submitted(Date.now() - 600_000));
  expect(await openSubmissions(layout)).toEqual([]);
  expect(existsSync(open)).toBe(false);
});
