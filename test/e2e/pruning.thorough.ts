/** Trials that are ended early, by real stages that report while they run. */
import { describe, expect, test } from 'vitest';
import { outcomeOf, sweepRig } from '../helpers/sweep-project.ts';

const asha = { pruner: '{ type: asha, metric: train.loss, min_step: 1, max_step: 9, reduction: 3 }' };
/** The first two are complete, or no worse; what follows is worse at the first rung. */
const four = '{ x: { values: [3, 1, 2, 4] } }';

describe('a pruned study of one worker', () => {
  test('is the same every time, and the same where every stage is known before', async () => {
    const random = { ...asha, sampler: '{ type: random, seed: 3 }', parameters: '{ x: { min: 0.0, max: 5.0 } }' };
    const [one, other] = [
      sweepRig({ ...random, budget: '{ trials: 5 }' }),
      sweepRig({ ...random, budget: '{ trials: 5 }' }),
    ];
    const { json } = await one.sweep();
    await other.sweep();
    const came = outcomeOf(await one.state());
    expect(outcomeOf(await other.state())).toEqual(came);
    expect(json.states.pruned).toBeGreaterThan(0);
    one.change({ ...random, name: 'unpruned', pruner: '', budget: '{ trials: 5 }' }); // makes every curve whole
    await one.sweep();
    one.change({ ...random, name: 'cached', budget: '{ trials: 5 }' });
    const ran = one.ran('train').length;
    await one.sweep();
    expect(outcomeOf(await one.state('cached'))).toEqual(came);
    expect(one.ran('train')).toHaveLength(ran);
  });

  test('what came to its end before the verdict publishes nothing and keeps its checkpoint', async () => {
    const on = sweepRig({ ...asha, parameters: four });
    const { json, exitCode } = await on.sweep();
    expect(exitCode).toBe(0);
    expect(json.trials.map(({ state, step }) => [state, step])).toEqual([
      ['complete', undefined],
      ['complete', undefined],
      ['pruned', 1],
      ['pruned', 1],
    ]);
    expect(json.trials.map(({ cost }) => cost?.steps)).toEqual([9, 9, 1, 1]);
    expect(json.trials[3]?.reason).toMatch(/^at step 1 it was number 4 of the 4 trials that reached rung 1/);
    const [done] = (await on.run('train', '--set', 'x=4')).stages;
    expect([done?.outcome, on.ran('resume').length]).toEqual(['ran', 1]);
  });

  test('commands that read the record know what pruned is', async () => {
    const on = sweepRig({ ...asha, parameters: four });
    const { json } = await on.sweep();
    const hash = String(json.trials[3]?.runs[0]);
    const runs = JSON.parse((await on.retrial('runs', '--study', 's', '--json')).stdout) as {
      configHash: string;
      status: string;
    }[];
    expect(runs.find(({ configHash }) => configHash === hash)?.status).toBe('pruned');
    const shown = await on.retrial('show', hash);
    expect([shown.exitCode, shown.stdout]).toEqual([0, expect.stringContaining('pruned')]);
    const logs = await on.retrial('logs', hash);
    expect([logs.exitCode, logs.stderr]).toEqual([0, '']);
    expect((await on.retrial('status')).exitCode).toBeLessThan(2);
    const compared = await on.retrial('compare', 's');
    expect([compared.exitCode, compared.stderr]).toEqual([0, '']);
    const people = await on.retrial('sweep', 'sweep.yaml');
    expect(people.stdout).toContain('2 pruned');
  });
});

test('a trial that is pruned in its second replicate has cost the steps of both', async () => {
  const on = sweepRig({
    pruner: '{ type: threshold, metric: train.loss, upper: 4.085 }', // 4.083 under seed 1, and 4.092 under seed 2
    ...{ parameters: '{ x: { values: [1, 2, 3] } }', seeds: '[1, 2]' },
  });
  const { json } = await on.sweep();
  expect(json.trials.map(({ state, step, cost }) => [state, step, cost?.steps])).toEqual([
    ['complete', undefined, 18],
    ['complete', undefined, 18],
    ['pruned', 1, 10],
  ]);
});

test('a stage that would wait for ever is ended by the verdict', async () => {
  const on = sweepRig({ ...asha, parameters: '{ x: { values: [1, 4] }, gate: { values: [3], when: { x: 4 } } }' });
  const { json } = await on.sweep();
  expect(json.trials.map(({ state, step }) => [state, step])).toEqual([
    ['complete', undefined],
    ['pruned', 1],
  ]);
  expect(on.ran('gate')).toHaveLength(1);
});

test('a series that never comes is told, with those that there are', async () => {
  const on = sweepRig({ pruner: '{ type: median, metric: train.los }', parameters: '{ x: { values: [1, 2] } }' });
  const { stderr, exitCode } = await on.sweep();
  expect(stderr).toContain(
    'warning: pruner: train reported no los in trial 0, so that nothing is pruned; it reports loss',
  );
  expect(stderr.match(/warning/g)).toHaveLength(1);
  expect(exitCode).toBe(0);
});

test('an arm without a curve is no mistake where another has one', async () => {
  const script =
    'echo \'{"step": 1, "loss": 1}\' > note; [ "$2" = plain ] && cat note >> "$RETRIAL_METRICS"; echo 1 > "$5"\n';
  const on = sweepRig({ ...asha, parameters: '{ mode: { values: [plain, silent] } }' }, { 'train.sh': script });
  expect((await on.sweep()).stderr).not.toContain('warning');
});

test('another pruner: what was pruned before stays, what comes is judged by the new one', async () => {
  const on = sweepRig({ ...asha, parameters: '{ x: { values: [1, 2] } }' });
  await on.sweep();
  on.change({
    pruner: '{ type: threshold, metric: train.loss, upper: 3.2 }',
    parameters: '{ x: { values: [1, 2, 3] } }',
  });
  const { json } = await on.sweep();
  expect(json.states).toEqual({ complete: 1, failed: 0, pruned: 2 });
});
