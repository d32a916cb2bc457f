/** A study goes on whose final runs have begun, and what they are run with is another. */
import { expect, test } from 'vitest';
import { sweepRig } from '../helpers/sweep-project.ts';

const seeds = (...list: readonly number[]) => ({ final: `{ until: test, seeds: [${list.join(', ')}] }` });

test('the code or the params of the held-out stage: refused once final runs are there, and mixed where that is said', async () => {
  const on = sweepRig({ parameters: '{ x: { values: [1] } }', ...seeds(11) });
  const change = (from: string, to: string) =>
    on.write({ 'pipeline.yaml': on.read('pipeline.yaml').replace(from, to) });
  on.write({ 'params.yaml': `${on.read('params.yaml')}cutoff: 10\n` });
  change('    holdout: true\n', '    holdout: true\n    params: [cutoff]\n');
  expect((await on.sweep()).exitCode).toBe(0);
  on.change(seeds(11, 12));
  on.write({ 'params.yaml': on.read('params.yaml').replace('cutoff: 10', 'cutoff: 20') });
  const other = await on.sweep();
  expect([other.exitCode, on.ran('test').length]).toEqual([2, 1]);
  expect(other.stderr).toContain('  test.params.cutoff: 10 → 20');
  change('cmd: echo "test"', 'cmd: echo "test more"');
  expect((await on.sweep()).stderr).toContain('  test.command');
  const mixed = await on.sweep('--mix');
  expect([mixed.exitCode, mixed.json.mixed, mixed.json.finals?.length]).toEqual([0, true, 2]);
  expect((await on.sweep()).exitCode).toBe(0);
});

test('another final: is refused at its place, once final runs are there; further seeds are not', async () => {
  const on = sweepRig({ parameters: '{ x: { values: [1] } }', ...seeds(11, 12) });
  expect((await on.sweep()).exitCode).toBe(0);
  on.change({ final: '{ until: test, seeds: [11, 13], set: { mode: a } }' });
  const { exitCode, stderr } = await on.sweep();
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    'sweep.yaml:6:23 error: final: the study "s" has final runs of another seeds: [11,12] → [11,13]',
  );
  expect(stderr).toContain(
    'sweep.yaml:6:40 error: final: the study "s" has final runs of another set: {} → {"mode":"a"}',
  );
  expect(stderr).toContain('--name s-2');
  on.change(seeds(11, 12, 13));
  expect((await on.sweep()).json.finals?.map(({ replicate }) => replicate)).toEqual([0, 1, 2]);
});
