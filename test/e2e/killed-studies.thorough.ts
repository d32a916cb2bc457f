/** Studies that are killed at random moments, shared and interrupted: every trial is told once, and comes to the same. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { generator, nothingRuns } from '../helpers/kill-at-random.ts';
import { childrenOf } from '../helpers/processes.ts';
import { until } from '../helpers/rig.ts';
import { eventsOf, outcomeOf, type SweepRig, sweepRig, sweepText } from '../helpers/sweep-project.ts';

/** More of them: test/long. */
const kills = Number(process.env.RETRIAL_STUDY_KILLS ?? 2);

const pruned = {
  parameters: '{ x: { min: 0.0, max: 5.0 } }',
  sampler: '{ type: random, seed: 3 }',
  pruner: '{ type: asha, metric: train.loss, min_step: 1, max_step: 9, reduction: 3 }',
  budget: '{ trials: 6 }',
};

/** What was told and reported, each with how often. */
function repeated(on: SweepRig, name = 's'): string[] {
  const times = new Map<string, number>();
  for (const event of eventsOf(on, name)) {
    if (event.type !== 'trial-told' && event.type !== 'trial-reported') continue;
    const step = event.type === 'trial-reported' ? ` step ${event.step}` : '';
    const key = `${event.type} ${event.trial}${step}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return [...times].flatMap(([key, count]) => (count > 1 ? [key] : []));
}

describe('kill -9 at random moments, then the same command', () => {
  test('one worker: the same as without; nothing is told or reported twice', async () => {
    const seed = Number(process.env.RETRIAL_CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31));
    const random = generator(seed);
    const [whole, killed] = [sweepRig(pruned), sweepRig(pruned)];
    const startedMs = performance.now();
    await whole.sweep();
    const wholeMs = performance.now() - startedMs;
    for (let time = 0; time < kills; time++) {
      const command = killed.start('sweep', 'sweep.yaml', '--workers', '1', '--json');
      await sleep(wholeMs * (0.2 + 0.7 * random()));
      const workers = childrenOf(command.pid ?? 0);
      for (const pid of random() < 0.5 ? workers : [command.pid ?? 0, ...workers]) kill(pid);
      command.kill('SIGKILL');
      await command;
      await nothingRuns(killed, `seed ${seed}`);
    }
    expect((await killed.sweep()).exitCode).toBe(0);
    expect(outcomeOf(await killed.state()), `seed ${seed}`).toEqual(outcomeOf(await whole.state()));
    expect(repeated(killed), `seed ${seed}`).toEqual([]);
  });

  test('a trial goes on from its checkpoint with the curve it has; its one restart is on record', async () => {
    const on = sweepRig({ ...pruned, parameters: '{ x: { values: [1, 2] }, gate: { values: [4] } }', sampler: '' });
    const command = on.start('sweep', 'sweep.yaml', '--workers', '1', '--json');
    await until('it is at the gate, and has reported', () => on.ran('gate').length === 1);
    await until('step 4 is on record', () =>
      eventsOf(on).some((event) => event.type === 'trial-reported' && event.step === 4),
    );
    for (const pid of childrenOf(command.pid ?? 0)) kill(pid);
    await until('another worker has begun it again', () => on.ran('resume5').length === 1);
    on.write({ go: '' });
    await command;
    expect(repeated(on)).toEqual([]);
    const state = await on.state();
    expect(state.trials.get(0)).toMatchObject({ asked: { restarts: 1 }, told: { state: 'complete' } });
    expect(state.trials.get(0)?.curves[0]?.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

test('killed while it races and looks at the held-out part: every word is said once', async () => {
  const seed = Number(process.env.RETRIAL_CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = generator(seed);
  const on = sweepRig({
    ...{ parameters: '{ x: { values: [1, 1.0003] } }', seeds: '[1, 2, 3, 4, 5]', racing: '{ start: 2 }' },
    final: '{ until: test, seeds: [11, 12] }',
  });
  for (let time = 0; time < kills; time++) {
    const told = time === 0 ? 0 : eventsOf(on).length;
    const command = on.start('sweep', 'sweep.yaml', '--workers', '2', '--json');
    await sleep(600 + 900 * random());
    const workers = childrenOf(command.pid ?? 0);
    for (const pid of [command.pid ?? 0, ...workers]) kill(pid);
    await command;
    await nothingRuns(on, `seed ${seed}, time ${time}, after ${told} events`);
  }
  const { exitCode, json } = await on.sweep('--workers', '2');
  expect([exitCode, json.trials.map(({ replicates }) => replicates?.length)], `seed ${seed}`).toEqual([0, [5, 5]]);
  const words = eventsOf(on).flatMap((event) =>
    event.type === 'final-told' || event.type === 'replicate-told' || event.type === 'trial-told'
      ? [`${event.type} ${event.trial} ${'replicate' in event ? event.replicate : ''}`]
      : [],
  );
  expect(words.length, `seed ${seed}`).toBe(new Set(words).size);
  expect(words.filter((word) => word.startsWith('final-told'))).toHaveLength(2);
});

describe('together', () => {
  const four = '{ x: { values: [1, 2, 3, 4] } }';

  test('two terminals on one study: every trial once, both tell the same', async () => {
    const on = sweepRig({ parameters: four });
    const [one, other] = await Promise.all([on.sweep('--workers', '2'), on.sweep('--workers', '2')]);
    expect([one.exitCode, other.exitCode]).toEqual([0, 0]);
    expect(other.json.trials).toEqual(one.json.trials);
    expect(on.ran('train')).toHaveLength(4);
    expect(eventsOf(on).filter(({ type }) => type === 'trial-asked')).toHaveLength(4);
  });

  test('two studies in one folder: what they share is run once', async () => {
    const on = sweepRig({ parameters: four });
    on.write({ 'other.yaml': sweepText({ name: 'other', parameters: '{ x: { values: [3, 4, 5] } }' }) });
    const [one, other] = await Promise.all([on.sweep(), on.retrial('sweep', 'other.yaml', '--workers', '1', '--json')]);
    expect([one.exitCode, other.exitCode]).toEqual([0, 0]);
    expect(on.ran('train')).toHaveLength(5);
    expect((await on.state('other')).trials.size).toBe(3);
  });

  test('another search of a study that runs takes over: the first ends, and looks at no held-out part', async () => {
    const final = '{ until: test, seeds: [11], set: { gate: 0 } }';
    const on = sweepRig({ parameters: '{ x: { values: [1, 2] } }', final });
    on.write({ 'params.yaml': 'x: 1.0\nmode: plain\ngate: 9\nseed: 1\n' });
    const command = on.start('sweep', 'sweep.yaml', '--workers', '1', '--json');
    await until('the first trial is at the gate', () => on.ran('gate').length === 1);
    on.change({ parameters: '{ x: { values: [1, 2, 3] } }', final });
    const second = on.start('sweep', 'sweep.yaml', '--workers', '1', '--json');
    await until('the other search has begun', () => on.ran('gate').length === 2);
    on.write({ go: '' });
    await Promise.all([command, second]);
    const { json } = await on.sweep();
    expect(json.states).toEqual({ complete: 3, failed: 0 });
    expect([on.ran('test').length, json.finals?.map(({ trial }) => trial)]).toEqual([1, [json.best?.trial]]);
  });
});

describe('Ctrl-C while trials are pruned and raced', () => {
  test('once: the trial that runs comes to its end; twice: it stays open; either way it goes on', async () => {
    const on = sweepRig({ ...pruned, parameters: '{ x: { values: [1, 2] } }', sampler: '' });
    on.write({ 'params.yaml': 'x: 1.0\nmode: plain\ngate: 4\nseed: 1\n' });
    const twice = on.start('sweep', 'sweep.yaml', '--workers', '1', '--json');
    let said = '';
    twice.stderr?.on('data', (text) => {
      said += String(text);
    });
    await until('it is at the gate', () => on.ran('gate').length === 1);
    twice.kill('SIGINT');
    await until('it has heard', () => said.includes('no further trials'));
    twice.kill('SIGINT');
    expect((await twice).exitCode).toBe(130);
    const once = on.start('sweep', 'sweep.yaml', '--workers', '1', '--json');
    await until('it has gone on', () => on.ran('resume').length === 1);
    once.kill('SIGINT');
    on.write({ go: '' });
    const { exitCode, stdout = '' } = await once;
    expect([exitCode, JSON.parse(stdout).states]).toEqual([130, { complete: 1, failed: 0, waiting: 1 }]);
    expect((await on.sweep()).json.states).toEqual({ complete: 1, failed: 0, pruned: 1 });
    expect(repeated(on)).toEqual([]);
  });
});

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended meanwhile
  }
}
