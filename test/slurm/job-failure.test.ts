/** How what Slurm says of a job becomes the reason why its stage has no result. */
import { expect, test } from 'vitest';
import type { ConfigHash, FingerprintHash } from '../../src/hash.ts';
import { jobFailure, knowsBetter } from '../../src/slurm/job-failure.ts';
import type { SlurmJob } from '../../src/slurm/job-state.ts';
import { endingOf } from '../../src/slurm/job-words.ts';
import { say, sealing, wordOf, words } from '../../src/slurm/words.ts';
import { namesIn } from '../../src/store/listing.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const job = (state: string, more: Partial<SlurmJob> = {}): SlurmJob => ({
  ...{ id: '7', submitted: '7', state, reason: '', node: 'n1', restarts: 0, name: 'fit', comment: '' },
  ...more,
});

test('each ending of a job has its name', () => {
  const how = (state: string, more: Partial<SlurmJob> = {}) => jobFailure('7', job(state, more)).how;
  expect(how('CANCELLED')).toBe('cancelled');
  expect(how('TIMEOUT')).toBe('time-limit');
  expect(how('OUT_OF_MEMORY')).toBe('out-of-memory');
  expect(how('NODE_FAIL')).toBe('node-failed');
  expect(how('PREEMPTED')).toBe('preempted');
  expect(how('FAILED', { exitCode: 78 })).toBe('not-started');
  expect(how('FAILED', { reason: 'JobLaunchFailure' })).toBe('not-started');
  expect(how('FAILED', { exitCode: 1, reason: 'NonZeroExitCode' })).toBe('ended');
  expect(how('FAILED', { exitCode: 1, reason: 'Reservation' })).toBe('ended');
  expect(how('FAILED', { exitCode: 1, reason: 'AssociationJobLimit' })).toBe('ended');
  expect(how('COMPLETED')).toBe('ended');
  expect(jobFailure('7', undefined)).toEqual({ kind: 'job', how: 'gone', job: '7' });
  expect(jobFailure('7', job('FAILED', { reason: 'NonZeroExitCode', exitCode: 3 })).said).toBe('exit code 3');
});

test('where Slurm itself enforces memory, what it printed tells a job that was killed for it from others', () => {
  const killed = job('FAILED', { reason: 'JobLaunchFailure', signal: 9, memory: '352 MiB' });
  const printed = 'slurmstepd: error: StepId=7.batch exceeded memory limit (442970112 > 52428800), being killed\n';
  const failure = jobFailure('7', killed, () => printed);
  expect(failure).toEqual({ kind: 'job', how: 'out-of-memory', job: '7', said: 'it had 352 MiB' });
  expect(endingOf(killed, () => printed)).toBe('ran out of memory');
  expect(jobFailure('7', killed, () => 'other\n')).toMatchObject({ how: 'ended', said: 'signal 9' });
  expect(endingOf(killed, () => '')).toBe('failed by signal 9');
  expect(endingOf(job('FAILED', { exitCode: 1 }), () => printed)).toBe('failed with exit code 1');
});

test('a stage that was killed for the memory of its job is told so', () => {
  expect(knowsBetter({ kind: 'signal', signal: 'SIGKILL' }, job('OUT_OF_MEMORY'))).toBe(true);
  expect(knowsBetter({ kind: 'signal', signal: 'SIGKILL' }, job('FAILED'))).toBe(false);
  expect(knowsBetter({ kind: 'exit', code: 137 }, job('OUT_OF_MEMORY'))).toBe(true);
  expect(knowsBetter({ kind: 'exit', code: 1 }, job('OUT_OF_MEMORY'))).toBe(false);
});

test('of what the jobs of a stage say, a result stands; else the one that was put back last counts', async () => {
  const layout = temporaryLayout();
  const id = { configHash: 'a'.repeat(64) as ConfigHash, attempt: 1 };
  const at = 1;
  const fingerprint = 'b'.repeat(64) as FingerprintHash;
  const started = { type: 'stage-started', at, id, stage: 'fit', fingerprint, retry: 0 } as const;
  const finished = (outcome: 'failed' | 'ran') =>
    ({ type: 'stage-finished', at, id, stage: 'fit', outcome, fingerprint, durationMs: 1 }) as const;
  expect(await wordOf(layout, id, 'fit')).toEqual({});
  say(layout, id, { job: '7', restart: 0, event: started });
  say(layout, id, { job: '7', restart: 0, event: finished('failed') });
  expect((await wordOf(layout, id, 'fit')).finished?.outcome).toBe('failed');
  say(layout, id, { job: '7', restart: 1, event: started });
  expect((await namesIn(layout.submission(id).words)).sort()).toEqual(['fit.jsonl', 'fit~1.jsonl']); // none overwrites another
  expect((await wordOf(layout, id, 'fit')).finished).toBeUndefined();
  say(layout, id, { job: '7', restart: 0, event: finished('ran') });
  expect((await wordOf(layout, id, 'fit')).finished?.outcome).toBe('ran');
  say(layout, id, { job: '', restart: sealing, event: finished('failed') });
  expect((await words(layout, id, 'fit')).map(({ restart }) => restart)).toEqual([0, 0, 0, 1, sealing]);
});
