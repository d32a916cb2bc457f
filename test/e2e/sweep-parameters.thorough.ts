/** Parameters from elsewhere than the file's own words: arguments, overlays, W&B; in real workers. */
import { expect, test } from 'vitest';
import { type Outcome, rig } from '../helpers/rig.ts';

const pipeline = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  score:
    cmd: sh score.sh \${params.x} \${params.y} > \${outs.scores}
    code: [score.sh]
    params: [name]
    metrics: { scores: { path: scores.json, goal: maximize } }
`,
  'score.sh': 'echo "{\\"value\\": $(($1 * 10 + $2))}"\n',
  'params.yaml': 'x: 1\ny: 1\nname: base\n',
  'two.yaml': 'x: 2\nname: two\n',
  'three.yaml': 'x: 3\nname: three\n',
};
const head = 'version: 1\nname: mine\nmetric: { name: score.value, goal: maximize }\n';
const sweep = (file: string, more: Readonly<Record<string, string>> = {}) => {
  const project = rig({ ...pipeline, 'sweep.yaml': file, ...more });
  return {
    ...{ project, run: (...args: string[]) => project.retrial('sweep', 'sweep.yaml', '-w', '2', '--json', ...args) },
    points: ({ stdout, stderr }: Outcome) => {
      if (stdout === '') throw new Error(stderr);
      const { trials } = JSON.parse(stdout) as { trials: { value: number; params: Record<string, unknown> }[] };
      return trials.map(({ value, params }) => [value, params] as const).sort(([a], [b]) => a - b);
    },
  };
};

test('arguments add and replace parameters, in every worker', async () => {
  const { run, points, project } = sweep(`${head}parameters: { x: { values: [7] } }\n`);
  expect(points(await run('x=1,2', 'y=range(1,6,step=2)'))).toEqual(
    [11, 13, 15, 21, 23, 25].map((value) => [value, { x: Math.floor(value / 10), y: value % 10 }]),
  );
  const wrong = await project.retrial('sweep', 'sweep.yaml', 'y=range(1,6', 'z=1');
  expect([wrong.exitCode, wrong.stderr.includes('argument error: y: a ")" is missing')]).toEqual([2, true]);
});

test('what is swept now and was not is another question: --name begins its study', async () => {
  const { run, points } = sweep(`${head}parameters: { x: { values: [7] } }\n`);
  expect(points(await run())).toHaveLength(1);
  const refused = await run('y=1,2');
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('--name mine-2')]);
  expect(refused.stderr).toContain('params.y: 1 → swept');
  expect(points(await run('y=1,2', '--name', 'mine-2'))).toHaveLength(2);
  expect(points(await run())).toHaveLength(1);
  const wrong = await run('--name', 'a b');
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('"a b" cannot be the name of a study')]);
});

test('each overlay is laid over the defaults, and the values of the point over it', async () => {
  const file = `${head}overlays: [two.yaml, three.yaml]\nparameters: { y: { values: [4, 5], when: { overlay: three.yaml } } }\n`;
  const { run, points, project } = sweep(file);
  expect(points(await run())).toEqual([
    [21, { overlay: 'two.yaml' }],
    [34, { overlay: 'three.yaml', y: 4 }],
    [35, { overlay: 'three.yaml', y: 5 }],
  ]);
  const table = await project.retrial('sweep', 'sweep.yaml');
  expect(table.stdout.split('\n')[0]).toMatch(/overlay +y /);
  const listed = await project.retrial('runs', '--study', 'mine', '--columns', 'name,x,y', '--csv');
  expect(listed.stdout.trim().split('\n').slice(1).sort()).toEqual(['three,3,4', 'three,3,5', 'two,2,1']);

  project.write({
    'sweep.yaml': file.replace('[two.yaml', '[params-of-one.yaml, two.yaml'),
    'params-of-one.yaml': 'y: 9\n',
  });
  expect(points(await run())).toHaveLength(4); // one more is a further phase of the same study

  project.write({ 'two.yaml': 'x: 4\n' });
  const changed = await run();
  expect([changed.exitCode, changed.stderr.includes('overlays.two.yaml')]).toEqual([2, true]);
});

test('a W&B file runs, and says what of it means nothing', async () => {
  const { run, points } = sweep(`program: train.py
method: grid
name: mine
metric: { name: score.value, goal: maximize }
parameters: { x: { value: 2 }, y: { distribution: q_uniform, min: 2, max: 6, q: 2 } }
`);
  const outcome = await run();
  expect(points(outcome).map(([value]) => value)).toEqual([22, 24, 26]);
  expect(outcome.stderr.match(/warning: program: of no meaning here/g)).toHaveLength(1);
});
