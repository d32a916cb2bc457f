/** What a person is told who got a name, a quote or a path wrong. */
import { expect, test } from 'vitest';
import { rig } from '../helpers/rig.ts';

const project = (more: Readonly<Record<string, string>> = {}) =>
  rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  fit:
    foreach: [1, 2, 3]
    cmd: echo \${item} > \${outs.model}
    params: [data]
    outs: { model: model.txt }
  score:
    cmd: sh score.sh \${params.rate} \${outs.scores}
    code: [score.sh]
    deps: { models: "\${fit@*.model}" }
    metrics: { scores: { path: scores.json, goal: minimize } }
`,
    'score.sh': `printf '{"mse":{"mean":0.1}}' > $2\n`,
    'params.yaml': '$types: { data.path: file }\ndata: { path: table.csv }\nrate: 0.5\n',
    'table.csv': 'x\n1\n',
    ...more,
  });

test('a file that three instances need and that is not there is one mistake', async () => {
  const { stderr, exitCode } = await project({
    'params.yaml': '$types: { data.path: file }\ndata: { path: gone.csv }\nrate: 1.0\n',
  }).retrial('run');
  expect(exitCode).toBe(2);
  expect(stderr.match(/gone\.csv, which does not exist/g)).toHaveLength(1);
  expect(stderr).toContain('stages fit@1, fit@2, fit@3 depend on it');
});

test('of a pipeline of many stages those that there are', async () => {
  const stages = Array.from(
    { length: 20 },
    (_, at) => `  stage${at}: { cmd: "echo > \${outs.o}", outs: { o: o.txt } }\n`,
  );
  const many = rig({ 'pipeline.yaml': `version: 1\nstages:\n${stages.join('')}` });
  expect((await many.retrial('run', 'nostage')).stderr).toContain('the stages are: stage0, stage1, ');
});

test('names in quotes, a tag that is not there, an archive over a run of the same config', async () => {
  const on = project();
  await on.retrial('run', '--tag', 'good');
  const told = await on.retrial('runs', '--where', 'rate = .5 and "score.mse.mean" < .2');
  expect(told).toMatchObject({ exitCode: 2, stdout: '' });
  expect(told.stderr.split('\n')).toEqual([
    '--where, column 15 error: nothing of the run is compared here',
    '  1 | rate = .5 and "score.mse.mean" < .2',
    '    |               ^^^^^^^^^^^^^^^^',
    '  → what is in quotes is a text; as a name it is written score.mse.mean',
  ]);
  for (const expression of ['score.mse.mean < .2', 'mean < .2 and rate = .5'])
    expect((await on.retrial('runs', '--where', expression, '--json')).stdout).toContain('"complete"');
  expect(await on.retrial('tag', 'latest', 'bad', '--remove')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/is not tagged bad\n.*its tags: good/),
  });
  expect((await on.retrial('tag', 'latest', 'good', '--remove')).exitCode).toBe(0);
  expect((await on.retrial('show', 'latest')).stdout).not.toContain('tensorflow');
  await on.retrial('archive', 'latest', '-o', 'runs.tar.gz');
  const other = project({ 'table.csv': 'x\n2\n' }); // another key under the same name
  await other.retrial('run');
  expect(await other.retrial('restore', on.path('runs.tar.gz'))).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/another attempt .* is here: it stays\n.*restore into another project/),
  });
});
