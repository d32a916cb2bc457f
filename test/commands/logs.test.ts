/** When `logs -f` has nothing more to wait for. */
import { expect, test } from 'vitest';
import { endOf } from '../../src/commands/logs.ts';

test('following ends with the run, also where all its stages have ended before; of one stage with that', () => {
  expect(endOf({ status: 'running' })).toBeUndefined();
  expect(endOf({ status: 'complete' })).toBe('complete');
  expect(endOf({ status: 'running' }, { stage: 'a', outcome: 'waiting' })).toBeUndefined();
  expect(endOf({ status: 'running' }, { stage: 'a', outcome: 'running' })).toBeUndefined();
  expect(endOf({ status: 'running' }, { stage: 'a', outcome: 'ran' })).toBe('a ran');
  expect(endOf({ status: 'killed' }, { stage: 'a', outcome: 'running' })).toBe('killed');
});
