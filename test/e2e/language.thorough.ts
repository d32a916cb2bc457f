/** Instances, fan-in, working folders, stages that always run, params that name files, renamed params: real pipelines. */
import { symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { outcomes, rig } from '../helpers/rig.ts';

const pipeline = `version: 1
params: params.yaml
stages:
  split:
    foreach: [1, 2]
    cmd: 'echo part \${item} > \${outs.part}'
    outs: { part: part.txt }
  train:
    matrix: { fold: [1, 2], model: [small, large] }
    desc: Fold \${item.fold} by \${item.model}
    cmd: 'echo \${item.model} \${params.rate} > \${outs.model}; cat \${deps.part} >> \${outs.model}'
    deps: { part: "\${split@\${item.fold}.part}" }
    outs: { model: "\${item.model}.txt" }
  best:
    cmd: 'cat \${deps.models} > \${outs.all}'
    deps: { models: "\${train@*.model}" }
    outs: { all: all.txt }
`;
const files = { 'pipeline.yaml': pipeline, 'params.yaml': 'rate: 0.5\n' };

test('a matrix pairs with instances, and a list takes all of them in order', async () => {
  const project = rig(files);
  const first = await project.run();
  const all = ['split@1', 'split@2', 'train@1-small', 'train@1-large', 'train@2-small', 'train@2-large', 'best'];
  expect(outcomes(first)).toEqual(Object.fromEntries(all.map((name) => [name, 'ran'])));
  const output = (stage: string, name: string) =>
    project.read(`runs/stages/${first.stages.find((one) => one.name === stage)?.fingerprint}/outs/${name}`);
  expect(output('train@2-large', 'large.txt')).toBe('large 0.5\npart 2\n');
  expect(output('best', 'all.txt')).toBe(
    [1, 2].flatMap((fold) => ['small', 'large'].map((model) => `${model} 0.5\npart ${fold}\n`)).join(''),
  );
  expect(new Set(Object.values(outcomes(await project.run())))).toEqual(new Set(['fresh']));

  // One more value makes what is new, and what reads all of them.
  project.write({ 'pipeline.yaml': pipeline.replace('small, large]', 'small, large, huge]') });
  const more = outcomes(await project.run());
  expect(Object.keys(more).filter((name) => more[name] === 'ran')).toEqual(['train@1-huge', 'train@2-huge', 'best']);
  expect(Object.keys(more).filter((name) => more[name] === 'cached')).toHaveLength(6);

  // The order in which a list is given is in the key, as the command may go by it.
  project.write({ 'pipeline.yaml': pipeline.replace('small, large]', 'large, small]') });
  const turned = outcomes(await project.run());
  expect(Object.keys(turned).filter((name) => turned[name] === 'ran')).toEqual(['best']);
});

test('a target is an instance or all of them, and records show which', async () => {
  const project = rig(files);
  expect(Object.keys(outcomes(await project.run('train@2-small')))).toEqual(['split@2', 'train@2-small']);
  const group = await project.run('train');
  expect(Object.keys(outcomes(group))).toHaveLength(6);
  const shown = await project.retrial('show', '--json', group.configHash);
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toContain('train@1-large');
  const unknown = await project.retrial('run', 'train@3');
  expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('there is no stage "train@3"')]);
  const dag = await project.retrial('dag', 'best');
  expect(dag.stdout).toContain('best  ← train@*.model');
  expect(dag.stdout).toContain('train@1-small  ← split@1.part\n');
  expect((await project.retrial('dag', '--mermaid')).stdout).toContain('s_split_64_1 --> s_train_64_1_45_small');
});

test('items are told to the stage, are in its key, and are no shell syntax', async () => {
  const project = rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  tell:
    foreach: "\${params.jobs}"
    do:
      cmd: 'echo \${item.text} > \${outs.said}; cp "$RETRIAL_STAGE" \${outs.told}; : \${key}'
      outs: { said: said.txt, told: told.json }
  gather:
    cmd: 'cp "$RETRIAL_STAGE" \${outs.told}'
    deps: { all: "\${tell@*.said}" }
    outs: { told: told.json }
`,
    'params.yaml': `jobs:\n  a: { text: "$(touch owned); 'x'" }\n  b: { text: two }\n`,
  });
  const result = await project.run();
  const file = (stage: string, name: string) => {
    const fingerprint = result.stages.find((one) => one.name === stage)?.fingerprint;
    return project.read(`runs/stages/${fingerprint}/outs/${name}`);
  };
  expect(file('tell@a', 'said.txt')).toBe("$(touch owned); 'x'\n");
  expect(() => project.read('owned')).toThrow('ENOENT');
  expect(JSON.parse(file('tell@a', 'told.json'))).toMatchObject({
    stage: 'tell@a',
    item: { text: "$(touch owned); 'x'" },
  });
  const { deps } = JSON.parse(file('gather', 'told.json')) as { deps: { all: string[] } };
  expect(deps.all.map((path) => path.split('/').at(-1))).toEqual(['said.txt', 'said.txt']);
  expect(deps.all[0]).toContain(result.stages[0]?.fingerprint);

  project.write({ 'params.yaml': 'jobs:\n  a: { text: one }\n  b: { text: two }\n' });
  expect(outcomes(await project.run())).toEqual({ 'tell@a': 'ran', 'tell@b': 'cached', gather: 'ran' });
});

test('a stage runs in its folder, and its code there is in its key', async () => {
  const project = rig({
    'pipeline.yaml': `version: 1
stages:
  a: { cmd: 'node main.js > \${outs.o}', cwd: sub/dir, outs: { o: o.txt } }
`,
    'sub/dir/main.js': "console.log(require('node:fs').readFileSync('here.txt', 'utf8').trim(), 1)\n",
    'sub/dir/here.txt': 'here\n',
  });
  const [stage] = (await project.run()).stages;
  expect(project.read(`runs/stages/${stage?.fingerprint}/outs/o.txt`)).toBe('here 1\n');
  project.write({ 'sub/dir/main.js': "console.log('other')\n" });
  expect(outcomes(await project.run())).toEqual({ a: 'ran' });

  project.write({ 'pipeline.yaml': project.read('pipeline.yaml').replace('sub/dir', 'nowhere') });
  const gone = await project.retrial('run');
  expect(gone.exitCode).toBe(2);
  expect(gone.stderr).toContain('pipeline.yaml:3:');
  expect(gone.stderr).toContain('stage a runs in nowhere, which does not exist');
});

test('a stage that always runs: its newest result stands, and the same bytes cut off below it', async () => {
  const project = rig({
    'pipeline.yaml': `version: 1
stages:
  look: { cmd: 'cat source.txt > \${outs.seen}', always: true, outs: { seen: seen.txt } }
  use: { cmd: 'cat \${deps.seen} > \${outs.o}', deps: { seen: "\${look.seen}" }, outs: { o: o.txt } }
`,
    'source.txt': 'one\n',
  });
  const first = await project.run();
  expect(outcomes(first)).toEqual({ look: 'ran', use: 'ran' });
  expect(outcomes(await project.run())).toEqual({ look: 'ran', use: 'fresh' });
  project.write({ 'source.txt': 'two\n' });
  const second = await project.run();
  expect(outcomes(second)).toEqual({ look: 'ran', use: 'ran' });
  expect(project.read(`runs/stages/${second.stages[1]?.fingerprint}/outs/o.txt`)).toBe('two\n');
  expect(second.configHash).toBe(first.configHash);
  project.write({ 'source.txt': 'one\n' });
  expect(outcomes(await project.run())).toEqual({ look: 'ran', use: 'cached' });

  const status = await project.retrial('status', '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({
    stages: [
      { name: 'look', outcome: 'ran', why: [{ kind: 'always' }] },
      { name: 'use', outcome: 'unknown' },
    ],
  });
});

test('a param that names a file is a dependency by content', async () => {
  const project = rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  a: { cmd: 'cat \${params.data.path} > \${outs.o}', params: [data], outs: { o: o.txt } }
  b: { cmd: 'echo b > \${outs.o}', outs: { o: o.txt } }
`,
    'params.yaml': '$types: { data.path: file, data.more: file }\ndata:\n  path: one.txt\n  more: null\n',
    'one.txt': 'one\n',
    'two.txt': 'two\n',
  });
  expect(outcomes(await project.run())).toEqual({ a: 'ran', b: 'ran' });
  project.write({ 'one.txt': 'changed\n' });
  const why = await project.retrial('status', '--why');
  expect(why.stdout).toContain('deps.params.data.path changed since');
  const changed = await project.run();
  expect(outcomes(changed)).toEqual({ a: 'ran', b: 'fresh' });
  expect(outcomes(await project.run('--set', 'data.more=two.txt'))).toEqual({ a: 'ran', b: 'cached' });

  const missing = await project.retrial('run', '--set', 'data.path=gone.txt');
  expect(missing.exitCode).toBe(2);
  expect(missing.stderr).toContain('data.path names gone.txt, which does not exist; stage a depends on it');

  // What was recorded says it too.
  const again = await project.run('-c', `runs/${changed.configHash}/config.yaml`);
  expect([again.configHash, outcomes(again)]).toEqual([changed.configHash, { a: 'fresh', b: 'fresh' }]);
  const reproduced = await project.retrial('reproduce', changed.configHash);
  expect([reproduced.exitCode, reproduced.stderr]).toEqual([0, expect.any(String)]);
});

test('a file that a param names and that changes meanwhile makes no result', async () => {
  const project = rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  a: { cmd: 'cat \${params.path} > \${outs.o}; echo more >> one.txt', outs: { o: o.txt } }
`,
    'params.yaml': '$types: { path: file }\npath: one.txt\n',
    'one.txt': 'one\n',
  });
  const { stages } = await project.run();
  expect(stages).toMatchObject([{ outcome: 'failed', reason: { kind: 'inputs-changed', paths: ['one.txt'] } }]);
});

test('a renamed param is known by its former name, in what is given and in what was recorded', async () => {
  const project = rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  a: { cmd: 'echo \${params.rate} > \${outs.o}', outs: { o: o.txt } }
`,
    'params.yaml': 'rate: 0.5\n',
  });
  await project.run('--set', 'rate=0.25');
  project.write({
    'pipeline.yaml': `version: 1
params: params.yaml
aliases: { rate: model.rate }
stages:
  a: { cmd: 'echo \${params.model.rate} > \${outs.o}', outs: { o: o.txt } }
`,
    'params.yaml': 'model: { rate: 0.5 }\n',
    'overlay.yaml': 'rate: 0.75\n',
  });
  const set = await project.retrial('run', '--set', 'rate=0.25');
  expect([set.exitCode, set.stderr]).toEqual([0, expect.stringContaining('rate is called model.rate now')]);
  expect(set.stderr).not.toContain('changes nothing');
  const overlay = await project.retrial('run', '-c', 'overlay.yaml');
  expect(overlay.stderr).toContain('overlay.yaml:1:1 warning: rate is called model.rate now');

  const listed = await project.retrial('runs', '--json');
  const params = (JSON.parse(listed.stdout) as { params: unknown }[]).map((run) => JSON.stringify(run.params));
  expect(params.sort()).toEqual(['{"model":{"rate":0.25}}', '{"model":{"rate":0.25}}', '{"model":{"rate":0.75}}']);
});

test('a working folder that is a file, or a link out of the project, is refused', async () => {
  const project = rig({
    'pipeline.yaml': "version: 1\nstages:\n  a: { cmd: 'true', cwd: file.txt }\n  b: { cmd: 'true', cwd: sub }\n",
    'file.txt': '',
  });
  symlinkSync(tmpdir(), project.path('sub'));
  const refused = await project.retrial('run');
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('stage a runs in file.txt, which is no folder');
  expect(refused.stderr).toContain('stage b runs in sub, which leads out of the folder of pipeline.yaml');
});
