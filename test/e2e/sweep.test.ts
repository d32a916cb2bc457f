/** Studies as their user sees them: real workers on a small pipeline of shell, killed and started again. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { childrenOf, isRunning } from '../helpers/processes.ts';
import { type Outcome, type Rig, rig, until } from '../helpers/rig.ts';
import type { Swept } from '../helpers/sweep-project.ts';

/** `score` notes outside of the store when it begins and ends; with `gate` it waits until there is a file named go. */
const pipeline = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make: { cmd: "echo make >> ran.txt; sleep 0.3; echo 10 > \${outs.data}", outs: { data: data.txt } }
  score:
    cmd: sh score.sh \${params.x} \${params.y} \${params.gate} \${deps.data} > \${outs.scores}
    deps: { data: "\${make.data}" }
    code: [score.sh]
    params: [seed, rate]
    metrics: { scores: { path: scores.json, goal: maximize } }
  test:
    cmd: cp \${deps.scores} \${outs.final}
    holdout: true
    deps: { scores: "\${score.scores}" }
    metrics: { final: { path: final.json, goal: maximize } }
`,
  'params.yaml': 'x: 1\ny: 1\nrate: 0.1\ngate: false\nseed: 1\n',
  'score.sh': `echo "begin $1 $2" >> ran.txt
if [ "$3" = true ] && [ "$1" = 3 ]; then while [ ! -e go ]; do sleep 0.05; done; fi
[ "$1 $2" = "-1 1" ] && { echo no score today >&2; exit 3; }
[ "$1 $2" = "-2 1" ] && { echo '{"value": NaN}'; exit; }
echo "{\\"value\\": $(($1 * $(cat "$4") + $2))}"
echo "end $1 $2" >> ran.txt
`,
};

const sweepFile = (changes: Readonly<Record<string, string>> = {}) =>
  Object.entries({
    version: '1',
    name: 'grid',
    until: 'score',
    metric: '{ name: score.value, goal: maximize }',
    parameters: '{ x: { values: [1, 2, 3] }, y: { min: 1, max: 4 } }',
    ...changes,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

const project = (changes?: Readonly<Record<string, string>>) => rig({ ...pipeline, 'sweep.yaml': sweepFile(changes) });
const gated = () => project({ config: '[gate.yaml]' });
const sweep = (on: Rig, ...args: string[]) =>
  on.retrial('sweep', 'sweep.yaml', '--workers', '2', '-j', '2', '--json', ...args);

type SweepJson = Swept['json'];

const parsed = ({ stdout, stderr }: Outcome): SweepJson => {
  if (stdout === '') throw new Error(`no JSON on stdout:\n${stderr}`);
  return JSON.parse(stdout) as SweepJson;
};
const ran = (on: Rig, word: string) =>
  on
    .read('ran.txt')
    .trim()
    .split('\n')
    .filter((line) => line.startsWith(word))
    .sort();
const everyPoint = [1, 2, 3].flatMap((x) => [1, 2, 3, 4].map((y) => ({ x, y })));

/** All that a finished study of the twelve points must say, however often it was interrupted. */
function expectWhole(result: Outcome): void {
  const { states, best, trials } = parsed(result);
  expect(states).toEqual({ complete: 12, failed: 0 });
  expect(best).toMatchObject({ trial: 11, value: 34, params: { x: 3, y: 4 } });
  expect(trials.map(({ params }) => params)).toEqual(everyPoint);
  expect(trials.map(({ value }) => value)).toEqual(everyPoint.map(({ x, y }) => 10 * x + y));
  expect(new Set(trials.flatMap(({ runs }) => runs)).size).toBe(12);
  expect(result.exitCode).toBe(0);
}

/** Starts the study and waits until all its workers stand before the closed gate, eight trials being finished. */
async function untilHalfway(on: Rig, count = 4) {
  on.write({ 'gate.yaml': 'gate: true\n' });
  const command = on.start('sweep', 'sweep.yaml', '--workers', String(count), '-j', String(count), '--json');
  let said = '';
  command.stderr?.on('data', (text) => {
    said += String(text);
  });
  await until(
    `${count} trials wait at the gate`,
    () => existsSync(on.path('ran.txt')) && ran(on, 'begin 3').length === count && ran(on, 'end').length === 8,
  );
  const workers = childrenOf(command.pid ?? 0);
  expect(workers).toHaveLength(count);
  return { command, workers, hasSaid: (text: string) => said.includes(text) };
}

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

describe('killed', () => {
  test('the whole tree with kill -9, then the same command: nothing is lost, nothing finished is repeated', async () => {
    const on = gated();
    const { command, workers } = await untilHalfway(on);
    for (const pid of [command.pid ?? 0, ...workers]) process.kill(pid, 'SIGKILL');
    await command;
    on.write({ go: '' });
    expectWhole(await sweep(on));
    expect(ran(on, 'make')).toHaveLength(1);
    const times = (point: { x: number; y: number }) =>
      ran(on, 'begin').filter((line) => line === `begin ${point.x} ${point.y}`).length;
    expect(everyPoint.map(times)).toEqual(everyPoint.map(({ x }) => (x === 3 ? 2 : 1)));
  });

  test('the parent alone: workers and stages end by themselves, and the study goes on later', async () => {
    const on = gated();
    const { command, workers } = await untilHalfway(on);
    const stages = workers.flatMap(childrenOf);
    process.kill(command.pid ?? 0, 'SIGKILL');
    await command;
    await until('workers and what they started have ended', () => ![...workers, ...stages].some(isRunning));
    on.write({ go: '' });
    expectWhole(await sweep(on));
  });

  test('one worker: another takes its trial, and the study is whole', async () => {
    const on = gated();
    const { command, workers } = await untilHalfway(on);
    process.kill(workers[0] ?? 0, 'SIGKILL');
    await until('its trial has begun again', () => ran(on, 'begin 3').length === 5);
    on.write({ go: '' });
    const { stdout, stderr, exitCode = -1 } = await command;
    expectWhole({ stdout, stderr, exitCode });
    expect(stderr).toContain('a worker ended unexpectedly');
  });

  test('Ctrl-C: running trials are finished, no other is begun', async () => {
    const on = gated();
    const { command, hasSaid } = await untilHalfway(on, 2);
    command.kill('SIGINT');
    await until('it has heard', () => hasSaid('no further trials'));
    on.write({ go: '' });
    const { exitCode, stdout = '' } = await command;
    expect(exitCode).toBe(130);
    expect((JSON.parse(stdout) as SweepJson).states).toEqual({ complete: 10, failed: 0, waiting: 2 });
    expect(ran(on, 'begin 3')).toEqual(['begin 3 1', 'begin 3 2']);
  });

  test('Ctrl-C twice ends the running ones too; they are begun again later', async () => {
    const on = gated();
    const { command, workers, hasSaid } = await untilHalfway(on);
    command.kill('SIGINT');
    await until('it has heard', () => hasSaid('no further trials'));
    command.kill('SIGINT');
    expect((await command).exitCode).toBe(130);
    expect(workers.some(isRunning)).toBe(false);
    on.write({ go: '' });
    expectWhole(await sweep(on));
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
