/** Studies as their user sees them: real workers on a small pipeline of shell. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { everyPoint, expectWhole, parsed, project, ran, sweep, sweepFile } from '../helpers/grid-study.ts';
import { until } from '../helpers/rig.ts';

describe('a grid of twelve among four workers', () => {
  test('runs the shared stage once and each point once; again, it does nothing', async () => {
    const on = project();
    expectWhole(await sweep(on, '--workers', '4', '-j', '4'));
    expect(ran(on, 'make')).toHaveLength(1);
    expect(ran(on, 'begin')).toEqual(everyPoint.map(({ x, y }) => `begin ${x} ${y}`));
    const before = on.read('ran.txt');
    expectWhole(await sweep(on));
    expect(on.read('ran.txt')).toBe(before);
  });

  test('the leaderboard for people, and the runs on record', async () => {
    const on = project();
    const { stdout } = await on.retrial('sweep', 'sweep.yaml', '--workers', '2');
    const [head, first, second] = stdout.split('\n').map((line) => line.trim().split(/\s+/));
    expect(head).toEqual(['#', 'trial', 'score.value', 'x', 'y', 'run']);
    expect(first?.slice(0, 5)).toEqual(['1', '11', '34', '3', '4']);
    expect(second?.slice(0, 5)).toEqual(['2', '10', '33', '3', '3']);
    expect(stdout).toContain('best: trial 11, score.value 34\n      trial 11 leads trial 10 by 1, one run each');
    const runs = JSON.parse((await on.retrial('runs', '--study', 'grid', '--json')).stdout) as { configHash: string }[];
    expect(runs).toHaveLength(12);
    expect(stdout).toContain(`retrial reproduce ${first?.[5]}`);
    expect(runs.map(({ configHash }) => configHash.slice(0, 12))).toContain(first?.[5]);
  });

  test('minimize turns it round', async () => {
    const { best } = parsed(
      await sweep(
        project({ metric: '{ name: score.value, goal: minimize }', parameters: '{ x: { values: [1, 2] } }' }),
      ),
    );
    expect(best).toMatchObject({ trial: 0, value: 11 });
  });

  test('replicates: the value is the mean, and every run is named', async () => {
    const on = project({ parameters: '{ x: { values: [1, 2] } }', seeds: '[1, 2, 3]' });
    const { trials } = parsed(await sweep(on));
    expect(trials.map(({ value, runs }) => [value, new Set(runs).size])).toEqual([
      [11, 3],
      [21, 3],
    ]);
    expect(ran(on, 'begin')).toHaveLength(6);
  });
});

describe('trials that come to nothing', () => {
  const failing = (x: string) => project({ parameters: `{ x: { values: [${x}] }, y: { values: [1, 2] } }` });

  test.each([
    ['a failing stage', '-1', 'score: exited with code 3'],
    ['a value that is no number', '-2', 'score.value is NaN'],
  ])('%s fails its trial with the reason, and no other', async (_what, x, reason) => {
    const result = await sweep(failing(x));
    const { states, trials } = parsed(result);
    expect(states).toEqual({ complete: 1, failed: 1 });
    expect(trials.map(({ state, reason, value }) => ({ state, reason, value }))).toEqual([
      { state: 'failed', reason, value: null },
      { state: 'complete', reason: undefined, value: expect.any(Number) as number },
    ]);
    expect(result.exitCode).toBe(0);
    const hash = String(trials[0]?.runs[0]).slice(0, 12);
    expect(result.stderr).toMatch(new RegExp(`^trial 0 {2}failed {2}.* {2}retrial logs ${hash}$`, 'm'));
  });

  test('a metric that no stage reports fails each trial, and the study', async () => {
    const result = await sweep(project({ metric: '{ name: score.valu, goal: maximize }' }));
    expect(parsed(result).states).toEqual({ complete: 0, failed: 12 });
    expect(parsed(result).trials[0]?.reason).toBe('no metric score.valu was reported; there is score.value');
    expect(result.exitCode).toBe(1);
  });
});

describe('goes on only with what it was begun with', () => {
  test('what it searches, for what and from what; its words may change', async () => {
    const short = { parameters: '{ x: { values: [1] } }' };
    const on = project(short);
    await sweep(on);
    const changed = async (change: Readonly<Record<string, string>>) => {
      on.write({ 'sweep.yaml': sweepFile({ ...short, ...change }), 'other.yaml': 'y: 7\n' });
      const { exitCode, stderr } = await sweep(on);
      return { exitCode, fields: [...stderr.matchAll(/^ {2}([\w.]+): /gm)].map(([, field]) => field) };
    };
    const refused = (...fields: string[]) => ({ exitCode: 2, fields });
    expect(await changed({ metric: '{ name: score.value, goal: minimize }' })).toEqual(refused('metric.goal'));
    expect(await changed({ config: '[other.yaml]' })).toEqual(refused('params.y'));
    expect(await changed({ until: 'test' })).toEqual(refused('until'));
    expect(await changed({ seeds: '[1, 2]' })).toEqual(refused('replicates', 'params.seed'));
    expect((await changed({ question: 'which?' })).exitCode).toBe(0);
  });

  test('a smaller budget: what is finished beyond it is no substitute for what is open within', async () => {
    const on = project({ config: '[gate.yaml]', parameters: '{ x: { values: [3, 1, 2] } }' });
    on.write({ 'gate.yaml': 'gate: true\n' });
    const command = on.start('sweep', 'sweep.yaml', '--workers', '2');
    await until('all but the first are finished', () => existsSync(on.path('ran.txt')) && ran(on, 'end').length === 2);
    command.kill('SIGTERM');
    expect((await command).exitCode).toBe(143);
    on.write({ go: '' });
    expect(parsed(await sweep(on, '--trials', '1')).states).toEqual({ complete: 1, failed: 0 });
  });

  test('more random trials: the first stay, further ones follow', async () => {
    const on = project({
      sampler: '{ type: random, seed: 7 }',
      parameters: '{ rate: { min: 1.0e-4, max: 1.0, distribution: log_uniform_values }, x: { min: 1, max: 50 } }',
    });
    const first = parsed(await sweep(on, '--trials', '3'));
    const more = parsed(await sweep(on, '--trials', '5'));
    expect(more.trials.slice(0, 3)).toEqual(first.trials);
    expect(more.states).toEqual({ complete: 5, failed: 0 });
  });
});
