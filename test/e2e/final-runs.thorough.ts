/** Racing over seeds, several objectives, and the final runs: the held-out part is looked at once, when the search is over. */
import { describe, expect, test } from 'vitest';
import { until } from '../helpers/rig.ts';
import { eventsOf, sweepRig } from '../helpers/sweep-project.ts';

const final = '{ until: test, seeds: [11, 12] }';
const looked = (on: ReturnType<typeof sweepRig>) => on.ran('test').length;

describe('final runs', () => {
  test('of the best, under their own seeds, once; a better one that comes later is not looked at', async () => {
    const on = sweepRig({ parameters: '{ x: { values: [3, 2] } }', final });
    const { json, exitCode, stderr } = await on.sweep();
    expect(exitCode).toBe(0);
    expect(stderr.match(/^trial 1 {2}final run \d of 2 {2}test\.value /gm)).toHaveLength(2);
    expect(json.finals?.map(({ trial, replicate }) => [trial, replicate])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(Object.keys(json.finals?.[0]?.metrics ?? {})).toEqual(['test.value', 'test.cost']);
    expect(
      on
        .ran('train')
        .slice(2)
        .map((line) => line.split(' ').at(-1)),
    ).toEqual(['11', '12']);
    on.change({ parameters: '{ x: { values: [3, 2, 1] } }', final });
    const more = await on.sweep();
    expect(more.json.best?.trial).toBe(2);
    expect(more.json.finals).toEqual(json.finals);
    expect(more.json.finalists?.surpassed).toMatchObject([{ trial: 2, finalists: [1] }]);
    const told =
      /^trial 2 came after the final runs and is better in the search \(score\.value \S+\): they stay those of trial 1$/m;
    for (const read of [
      ['sweep', 'sweep.yaml'],
      ['compare', '--text'],
      ['compare', 's', '--finals'],
    ])
      expect((await on.retrial(...read)).stdout).toMatch(told);
    on.change({ parameters: '{ x: { values: [3, 1] } }', final }); // without the one that was looked at
    expect((await on.sweep()).json.finals).toEqual(json.finals);
    expect(looked(on)).toBe(2);
    const { stdout } = await on.retrial('sweep', 'sweep.yaml');
    expect(stdout).toMatch(/^final runs, up to test:\ntrial +test\.value +95 % +seeds +test\.cost\n +1 +\S+ +2 +\S+$/m);
    const compared = await on.retrial('compare', '--text');
    expect(compared.stdout).toMatch(/^in the final runs trial 1 is the only one: test\.value \S+$/m);
  });

  test('never while trials wait, also after an interruption; of each arm the best, of an arm so many', async () => {
    const more = { parameters: '{ x: { values: [3, 2, 1] }, mode: { values: [a, b] } }', stratify: '[mode]' };
    const on = sweepRig({ ...more, final: '{ until: test, seeds: [11], top: 2, set: { gate: 0 } }' });
    on.write({ 'params.yaml': 'x: 1.0\nmode: plain\ngate: 9\nseed: 1\n' });
    const command = on.start('sweep', 'sweep.yaml', '--workers', '2', '--json');
    await until('two are at the gate', () => on.ran('gate').length === 2);
    command.kill('SIGTERM');
    expect((await command).exitCode).toBe(143);
    expect(looked(on)).toBe(0);
    on.write({ go: '' });
    const { json } = await on.sweep('--workers', '2');
    expect(json.states).toEqual({ complete: 6, failed: 0 });
    const best = (mode: string) => json.trials.filter(({ params }) => params.mode === mode && params.x !== 3);
    const wanted = ['a', 'b'].flatMap(best).map(({ trial }) => trial);
    expect(json.finals?.map(({ trial }) => trial)).toEqual(wanted.sort((a, b) => a - b));
    const { stdout } = await on.retrial('sweep', 'sweep.yaml');
    for (const mode of ['a', 'b']) expect(stdout).toMatch(new RegExp(`^  mode=${mode}  .* 3 trials: .* s$`, 'm'));
    const at = (types: readonly string[]) =>
      eventsOf(on).flatMap((event) => (types.includes(event.type) ? [event.at] : []));
    expect(Math.min(...at(['final-told']))).toBeGreaterThanOrEqual(Math.max(...at(['trial-told'])));
  });

  test('one that fails is told, and not tried again by itself', async () => {
    const on = sweepRig({
      parameters: '{ x: { values: [1] } }',
      final: '{ until: test, seeds: [11], set: { mode: wrong } }',
    });
    const { json } = await on.sweep();
    expect(json.finals).toMatchObject([{ trial: 0, metrics: {}, reason: expect.stringContaining('train') }]);
    await on.sweep();
    expect(on.ran('train')).toHaveLength(2);
    on.change({ final: '{ until: test, seeds: [11], set: { mode: a } }' });
    expect((await on.sweep()).json.finals).toMatchObject([{ metrics: { 'test.value': expect.any(Number) } }]);
    expect(on.ran('train').at(-1)).toBe('train 1 a 11');
  });

  test('one that fails is run again with --retry-failed, and then counts everywhere; the others are not', async () => {
    const on = sweepRig(
      { parameters: '{ x: { values: [1] } }', final: '{ until: test, seeds: [11, 12], set: { mode: odd } }' },
      { 'train.sh': `echo "train $4" >> ran.txt; [ $4 = 12 ] && [ ! -e mended ] && exit 3; echo "$4" > "$5"\n` },
    );
    const failed = { replicate: 1, metrics: {}, reason: expect.stringContaining('train') };
    expect((await on.sweep()).json.finals).toMatchObject([{ replicate: 0 }, failed]);
    expect((await on.sweep('--retry-failed')).json.finals?.[1]).toMatchObject(failed);
    on.write({ mended: '' });
    expect((await on.sweep()).json.finals?.[1]).toMatchObject(failed);
    expect(on.ran('train')).toEqual(['train 1', 'train 11', 'train 12', 'train 12']);
    const { json } = await on.sweep('--retry-failed');
    expect(json.finals?.[1]).toMatchObject({ replicate: 1, metrics: { 'test.value': -12 } });
    expect(on.ran('train')).toHaveLength(5);
    const { stdout } = await on.retrial('compare', 's', '--finals', '--json');
    expect(JSON.parse(stdout).rows).toMatchObject([{ mean: -11.5 }]);
  });
});

test('final runs train as long as their trial did before it was at its best, and one that reports no curve as long as it is told', async () => {
  const on = sweepRig(
    {
      parameters: '{ mode: { values: [curved, plain] }, x: { min: 1.0, max: 1.5 }, gate: { values: [9] } }',
      ...{ stratify: '[mode]', sampler: '{ type: random, seed: 1 }', budget: '{ trials: 2 }', seeds: '[1, 4]' },
      final: '{ until: test, seeds: [11], best_step: { gate: train.loss } }',
    },
    {
      // A loss of (step - 2 - seed)²: least at step 3 under seed 1, at step 6 under seed 4.
      'train.sh': `echo "train $2 $3 $4" >> ran.txt
for step in 1 2 3 4 5 6 7 8 9; do
  [ "$2" = curved ] && echo "{\\"step\\": $step, \\"loss\\": $(( (step - 2 - $4) * (step - 2 - $4) ))}" >> "$RETRIAL_METRICS"
done
echo 1 > "$5"
`,
    },
  );
  await on.sweep();
  expect(on.ran('train').filter((line) => line.endsWith(' 11'))).toEqual(['train curved 5 11', 'train plain 9 11']);
  expect(on.ran('train')).toHaveLength(6);
});

test.each([
  ['not at all', ''],
  ['as NaN', 'echo \'{"step": 3, "loss": NaN}\' >> "$RETRIAL_METRICS"'],
])('a curve that comes %s is warned of once', async (_how, report) => {
  const on = sweepRig(
    {
      parameters: '{ x: { values: [1] } }',
      final: '{ until: test, seeds: [11, 12], best_step: { gate: train.loss } }',
    },
    { 'train.sh': `${report}\necho "train $3" >> ran.txt; echo 1 > "$5"\n` },
  );
  const { stderr, exitCode } = await on.sweep();
  expect(exitCode).toBe(0);
  expect(stderr.match(/warning: final: no trial of the final runs has a value of train\.loss: gate is/g)).toHaveLength(
    1,
  );
  expect(on.ran('train')).toEqual(['train 0', 'train 0', 'train 0']);
});

test('racing: all have the first replicates, survivors all of them, in pairs by seed', async () => {
  const on = sweepRig({
    parameters: '{ x: { values: [3, 1, 1.0003] } }',
    seeds: '[1, 2, 3, 4, 5]',
    racing: '{ start: 3 }',
  });
  const { json } = await on.sweep('--workers', '2');
  expect(json.trials.map(({ replicates }) => replicates?.length)).toEqual([3, 5, 5]);
  const [, one, other] = json.trials;
  const gaps = one?.replicates?.map(([value = 0], at) => value - (other?.replicates?.[at]?.[0] ?? 0)) ?? [];
  for (const gap of gaps) expect(Math.abs(gap)).toBeLessThan(0.01); // the seed's share is nearly the same in both
  const seeds = (x: string) =>
    on
      .ran(`train ${x} `)
      .map((line) => line.split(' ').at(-1))
      .sort();
  expect([seeds('3'), seeds('1'), seeds('1.0003')]).toEqual([
    ['1', '2', '3'],
    ['1', '2', '3', '4', '5'],
    ['1', '2', '3', '4', '5'],
  ]);
  const before = on.ran('train').length;
  await on.sweep();
  expect(on.ran('train')).toHaveLength(before);
});

test('several objectives: the front, and what is infinite fails its trial', async () => {
  const on = sweepRig(
    {
      metric: '[{ name: score.value, goal: maximize }, { name: score.cost, goal: minimize }]',
      parameters: '{ x: { values: [1, 2, 3, 9] } }',
    },
    {
      'score.sh':
        'x=$(cut -c1 "$1"); [ "$x" = 9 ] && { echo \'{"value": Infinity, "cost": 1}\'; exit; }; echo "{\\"value\\": $x, \\"cost\\": $(( (x - 2) * (x - 2) ))}"\n',
    },
  );
  const { json } = await on.sweep();
  expect(json.states).toEqual({ complete: 3, failed: 1 });
  expect(json.front).toEqual([2, 1]);
  expect(json.trials[3]?.reason).toBe('score.value is Infinity');
  expect((await on.retrial('sweep', 'sweep.yaml')).stdout).toContain('* no other trial is better in every metric');
});
