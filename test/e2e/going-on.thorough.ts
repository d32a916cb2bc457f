/** Studies that go on with another search, other code or another budget: what fits counts, and nothing is mixed unsaid. */
import { describe, expect, test } from 'vitest';
import { eventsOf, type SweepRig, type Swept, sweepRig, tamper } from '../helpers/sweep-project.ts';

const xs = ({ json }: Swept) => json.trials.map(({ params }) => params.x);
const space = (values: string) => ({ parameters: `{ x: { values: [${values}] } }` });
const fields = ({ stderr }: Swept) => [...stderr.matchAll(/^ {2}([\w.]+): /gm)].map(([, field]) => field);
const trained = (on: SweepRig) => on.ran('train').map((line) => Number(line.split(' ')[1]));

describe('another space', () => {
  test('wider, narrower, wider again, and in another order: a grid asks no point twice', async () => {
    const on = sweepRig(space('1, 2'));
    await on.sweep();
    on.change(space('1, 2, 3'));
    expect(xs(await on.sweep())).toEqual([1, 2, 3]);
    on.change(space('2, 4'));
    expect(xs(await on.sweep())).toEqual([2, 4]);
    on.change(space('4, 3, 2, 1'));
    const last = await on.sweep();
    expect(xs(last)).toEqual([1, 2, 3, 4]);
    expect(last.json.states).toEqual({ complete: 4, failed: 0 });
    expect(trained(on)).toEqual([1, 2, 3, 4]);
    expect(eventsOf(on).filter(({ type }) => type === 'trial-asked')).toHaveLength(4);
  });

  test('parameters in another order in the file: no point twice, none left out', async () => {
    const on = sweepRig({ parameters: '{ x: { values: [1, 2] }, mode: { values: [a, b] } }' });
    await on.sweep('--trials', '2');
    on.change({ parameters: '{ mode: { values: [a, b] }, x: { values: [1, 2] } }' });
    const { json } = await on.sweep();
    const points = json.trials.map(({ params }) => `${params.x} ${params.mode}`).sort();
    expect(points).toEqual(['1 a', '1 b', '2 a', '2 b']);
    expect(trained(on)).toHaveLength(4);
  });

  test('another sampler goes on from the same trials; replay derives those of every phase', async () => {
    const range = { parameters: '{ x: { min: 0.0, max: 5.0 } }' };
    const on = sweepRig({ ...range, sampler: '{ type: random, seed: 1 }', budget: '{ trials: 3 }' });
    const first = await on.sweep();
    on.change({ ...range, sampler: '{ type: tpe, seed: 1, startup_trials: 2 }', budget: '{ trials: 6 }' });
    const more = await on.sweep();
    expect(more.json.trials.slice(0, 3)).toEqual(first.json.trials);
    on.change({
      parameters: '{ x: { min: 0.0, max: 2.0 } }',
      sampler: '{ type: qmc, seed: 1 }',
      budget: '{ trials: 8 }',
    });
    await on.sweep();
    const replay = await on.retrial('sweep', 'sweep.yaml', '--replay', '--json');
    const { trials } = JSON.parse(replay.stdout) as { trials: { trial: number; agrees?: boolean }[] };
    expect(trials.length).toBeGreaterThan(8);
    expect(trials.filter(({ agrees }) => agrees !== true)).toEqual([]);
    expect(replay.exitCode).toBe(0);
  });
});

describe('another budget', () => {
  test('smaller hides what is beyond, the old one brings it back, and runs nothing', async () => {
    const on = sweepRig(space('3, 1, 2'));
    await on.sweep();
    expect((await on.sweep('--trials', '1')).json.best).toMatchObject({ trial: 0 });
    expect((await on.sweep()).json.best).toMatchObject({ trial: 1 });
    expect(trained(on)).toHaveLength(3);
  });

  test('patience: so many without a better one, and a longer one goes on', async () => {
    const on = sweepRig({ ...space('2, 3, 4, 1'), budget: '{ patience: 2 }' });
    expect(xs(await on.sweep())).toEqual([2, 3, 4]);
    on.change({ budget: '{ patience: 3 }', ...space('2, 3, 4, 1') });
    expect(xs(await on.sweep())).toEqual([2, 3, 4, 1]);
  });

  test('no time at all: it ends well, with what was asked till then, and goes on later', async () => {
    const on = sweepRig({ ...space('1, 2'), budget: '{ time: 1ms }' });
    const { exitCode, stderr, json } = await on.sweep();
    expect(stderr).toContain('the time of the budget is up');
    expect(exitCode).toBe(Number(json.trials.length === 0));
    on.change({ ...space('1, 2'), budget: '' });
    expect((await on.sweep()).json.states).toEqual({ complete: 2, failed: 0 });
  });
});

describe('changed code', () => {
  const begun = async (values = '1, 2') => {
    const on = sweepRig(space(values));
    await on.sweep();
    on.write({ 'score.sh': `${on.read('score.sh')}# otherwise\n` });
    return on;
  };

  test('is refused with its fields where anything would be run, and not where nothing would', async () => {
    const on = await begun();
    expect((await on.sweep()).exitCode).toBe(0);
    on.change(space('2, 3')); // as many points as before, one of them new
    const refused = await on.sweep();
    expect([refused.exitCode, fields(refused)]).toEqual([2, ['score.code.score.sh']]);
    expect(trained(on)).toEqual([1, 2]);
  });

  test('--mix keeps what is finished and says so; --rerun runs all again, and is mixed no more', async () => {
    const on = await begun();
    on.change(space('1, 2, 3'));
    const mixed = await on.sweep('--mix');
    expect([mixed.json.mixed, xs(mixed), on.ran('train').length]).toEqual([true, [1, 2, 3], 3]);
    expect((await on.retrial('sweep', 'sweep.yaml')).stdout).toContain('mixed: trials of other code or inputs');
    on.write({ 'score.sh': `${on.read('score.sh')}# once more\n` });
    const rerun = await on.sweep('--rerun');
    expect(rerun.json.mixed).toBeUndefined();
    expect(rerun.json.trials.map(({ trial, params }) => [trial, params.x])).toEqual([
      [3, 1],
      [4, 2],
      [5, 3],
    ]);
    expect((await on.sweep('--mix', '--rerun')).exitCode).toBe(2);
  });

  test('--retry-failed does not mix it in unsaid', async () => {
    const on = sweepRig({ parameters: '{ mode: { values: [plain, broken] } }' });
    await on.sweep();
    on.write({ 'train.sh': on.read('train.sh').replace('= broken', '= never') });
    const refused = await on.sweep('--retry-failed');
    expect([refused.exitCode, fields(refused)]).toEqual([2, ['train.code.train.sh']]);
    expect((await on.sweep('--retry-failed', '--mix')).json).toMatchObject({ mixed: true, states: { complete: 2 } });
  });
});

describe('failed points', () => {
  test('are run again on request alone, at the cost of what failed', async () => {
    const on = sweepRig({ parameters: '{ mode: { values: [plain, broken, wrong] } }' });
    expect((await on.sweep()).json.states).toEqual({ complete: 1, failed: 2 });
    on.write({ mended: '' });
    expect((await on.sweep()).json.states).toEqual({ complete: 1, failed: 2 });
    expect(on.ran('train')).toHaveLength(3);
    const { json } = await on.sweep('--retry-failed');
    expect(json.states).toEqual({ complete: 2, failed: 1 });
    expect(on.ran('train')).toHaveLength(5);
    expect((await on.retrial('sweep', 'sweep.yaml', '--replay')).exitCode).toBe(0);
    const runs = JSON.parse((await on.retrial('runs', '--study', 's', '--json')).stdout) as { status: string }[];
    expect(runs.map(({ status }) => status).sort()).toEqual(['complete', 'complete', 'failed']);
  });

  test('all of them: nothing to show, and the exit code says so', async () => {
    const on = sweepRig({ parameters: '{ mode: { values: [wrong] } }' });
    const { exitCode, json } = await on.sweep();
    expect([exitCode, json.best, json.states]).toEqual([1, null, { complete: 0, failed: 1 }]);
    expect(json.trials[0]?.reason).toContain('65');
  });
});

describe('retries', () => {
  test('by class of failure; what asks for too much (65) is not tried again', async () => {
    const on = sweepRig({
      parameters: '{ mode: { values: [broken, wrong, killed] } }',
      retries: '{ exit: 2, signal: 1 }',
    });
    expect((await on.sweep()).json.states).toEqual({ complete: 0, failed: 3 });
    const times = (mode: string) => on.ran('train').filter((line) => line.includes(` ${mode} `)).length;
    expect([times('broken'), times('wrong'), times('killed')]).toEqual([3, 1, 2]);
  });
});

test('a study of one trial', async () => {
  const on = sweepRig(space('2'));
  const { exitCode, json } = await on.sweep('--workers', '4');
  expect([exitCode, json.best?.trial, json.states]).toEqual([0, 0, { complete: 1, failed: 0 }]);
  expect((await on.retrial('sweep', 'sweep.yaml')).stdout).toContain('best: trial 0');
});

describe('replay', () => {
  const parallel = {
    parameters: '{ x: { min: 0.0, max: 5.0 }, mode: { values: [a, b] } }',
    sampler: '{ type: tpe, seed: 5, startup_trials: 3 }',
    stratify: '[mode]',
    budget: '{ trials: 10 }',
  };

  test('of four workers agrees, and finds what was changed in the record', async () => {
    const on = sweepRig(parallel);
    await on.sweep('--workers', '4');
    const replay = await on.retrial('sweep', 'sweep.yaml', '--replay');
    expect([replay.exitCode, replay.stdout]).toEqual([
      0,
      'study s: all of 10 suggestions are derived again as they were',
    ]);
    tamper(on, (event) =>
      event.type === 'trial-asked' && event.trial === 8 ? { ...event, params: { ...event.params, x: 0.5 } } : event,
    );
    const tampered = await on.retrial('sweep', 'sweep.yaml', '--replay');
    expect(tampered.exitCode).toBe(1);
    expect(tampered.stdout).toMatch(/^trial 8 {2}recorded .*x=0.5.* {2}derived /m);
  });

  test('of a study that is not there', async () => {
    const { exitCode, stderr } = await sweepRig().retrial('sweep', 'sweep.yaml', '--replay');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('there is no study "s"')]);
  });
});
