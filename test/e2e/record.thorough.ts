/** The record from the command line: marks, SQL, columns, and stages that are not deterministic. */
import { mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { layoutOf, loadPipeline, reproduce, run } from '../../src/index.ts';
import { filesBelow, type Rig, rig } from '../helpers/rig.ts';

const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  train:
    cmd: 'echo "{\\"loss\\": \${params.lr}}" > \${outs.scores}'
    metrics: { scores: { path: scores.json, goal: minimize } }
`.replace(
    `'echo "{\\"loss\\": \${params.lr}}" > \${outs.scores}'`,
    "printf %s '{\"loss\":' ${params.lr} '}' > ${outs.scores}",
  ),
  'params.yaml': 'lr: 0.5\n',
};
const json = async (project: Rig, ...args: string[]) => JSON.parse((await project.retrial(...args)).stdout);

test('a series is recorded with its goal, and as held out where its stage is', async () => {
  const cmd = `printf '{"step": 1, "loss": 0.5}\\n' >> "$RETRIAL_METRICS"; printf '{"m": 1}' > \${outs.scores}`;
  const stage = (more: object) => ({
    ...{ cmd, series: { loss: { goal: 'minimize' } } },
    metrics: { scores: { path: 'scores.json', goal: 'maximize' } },
    ...more,
  });
  const stages = { seen: stage({}), held: stage({ holdout: true }) };
  const project = rig({ 'pipeline.yaml': JSON.stringify({ version: 1, stages }) });
  await project.run();
  const sql = 'SELECT name, goal, holdout FROM metrics ORDER BY name';
  expect(await json(project, 'query', sql, '--json')).toEqual([
    { name: 'held.loss', goal: 'minimize', holdout: 1 },
    { name: 'held.m', goal: 'maximize', holdout: 1 },
    { name: 'seen.loss', goal: 'minimize', holdout: 0 },
    { name: 'seen.m', goal: 'maximize', holdout: 0 },
  ]);
});

test('a pipeline of another name is kept as it was', async () => {
  const project = rig({ 'other.yaml': files['pipeline.yaml'], 'params.yaml': files['params.yaml'] });
  const layout = layoutOf(project.path('runs'));
  const pipeline = await loadPipeline({ file: project.path('other.yaml') });
  const { configHash } = await run({ pipeline, layout, sink: () => undefined });
  expect(readFileSync(layout.run(configHash).pipeline, 'utf8')).toBe(files['pipeline.yaml']);
  const id = { configHash, attempt: 1 };
  expect(await reproduce({ root: project.folder, layout, id, sink: () => undefined })).toMatchObject({
    verdict: 'identical',
  });
});

describe('marks', () => {
  test('tag, note and pin are said later, taken back, and said of a run that had nothing to do', async () => {
    const project = rig(files);
    await project.retrial('run', '--tag', 'first', '--note', 'to begin');
    const [begun] = await json(project, 'runs', '--json');
    expect(begun).toMatchObject({ tags: ['first'], note: 'to begin', pinned: false });
    for (const args of [
      ['tag', 'latest', 'good', 'old'],
      ['tag', 'latest', 'old', '--remove'],
      ['pin', 'latest'],
    ])
      expect((await project.retrial(...args)).exitCode).toBe(0);
    await project.retrial('note', 'latest', 'it converged');
    expect(await project.run('--tag', 'again')).toMatchObject({ attempt: null });
    const [marked] = await json(project, 'runs', '--json');
    expect(marked).toMatchObject({ tags: ['again', 'first', 'good'], note: 'it converged', pinned: true });
    const { stdout } = await project.retrial('runs');
    expect(stdout).toMatch(/pinned, again, first, good +it converged/);
  });

  test('are of a run, whichever attempt they were said of, and it is found by them', async () => {
    const project = rig(files);
    const { configHash } = await project.run('--tag', 'paper', '--note', 'for the paper');
    await project.retrial('pin', 'latest');
    await project.run('-f');
    await project.run('--set', 'lr=0.1', '--tag', 'paper draft');
    const marks = { configHash, attempt: 2, tags: ['paper'], note: 'for the paper', pinned: true };
    const where = (expression: string) => ['runs', '--json', '--where', expression];
    for (const args of [
      ['runs', '--tag', 'paper', '--json'],
      where('tags contains "paper"'),
      where("pinned AND note = 'for the paper'"),
    ])
      expect(await json(project, ...args), args.join(' ')).toEqual([expect.objectContaining(marks)]);
    expect(await json(project, ...where('tags contains "paper" or tags contains "paper draft"'))).toHaveLength(2);
    expect(await json(project, 'show', configHash, '--json')).toMatchObject(marks);
    expect((await project.retrial('show', configHash)).stdout).toMatch(
      /@2 [\s\S]*tags paper\npinned: .*\nnote: for the paper/u,
    );
    expect((await json(project, 'compare', configHash, '--json')).runs[0]).toMatchObject(marks);
    expect(await project.retrial('runs', '--tag', 'paper', '--tag', 'x')).toMatchObject({
      stdout: '',
      stderr: 'no run matches --tag paper --tag x',
    });

    expect((await project.retrial('rm', `${configHash}@1`)).stderr).toContain('pinned or tagged');
    await project.retrial('rm', `${configHash}@1`, '--force');
    expect(await json(project, 'runs', '--tag', 'paper', '--json')).toEqual([expect.objectContaining(marks)]);
    await project.run('-f');
    await project.retrial('tag', configHash, 'paper', '--remove');
    await project.retrial('pin', configHash, '--remove');
    await project.retrial('note', configHash, '');
    await project.retrial('rm', `${configHash}@3`);
    const bare = { attempt: 2, tags: [], note: null, pinned: false };
    expect(await json(project, 'show', configHash, '--json')).toMatchObject(bare);
  });

  test('of a run that is not there are a mistake', async () => {
    const project = rig(files);
    await project.retrial('run');
    for (const args of [
      ['tag', 'ffff', 'x'],
      ['note', 'ffff', 'x'],
      ['pin', 'ffff'],
      ['tag', 'latest', ' '],
    ])
      expect((await project.retrial(...args)).exitCode, args.join(' ')).toBe(2);
  });
});

describe('asked', () => {
  test('query and --where read, in the forms that are asked for', async () => {
    const project = rig(files);
    for (const lr of ['0.5', '0.1', '0.2']) await project.retrial('run', '--set', `lr=${lr}`);
    expect(await json(project, 'query', 'SELECT count(*) AS n FROM runs', '--json')).toEqual([{ n: 3 }]);
    const { stdout } = await project.retrial('query', 'SELECT \'a,"b"\' AS text, 1 AS n;', '--csv');
    expect(stdout).toBe('text,n\n"a,""b""",1');
    const large = "SELECT 9007199254740993 AS n, 1e300 AS r, 'a;' AS t UNION ALL VALUES (2, 3.5, 4);";
    expect(await json(project, 'query', large, '--json')).toEqual([
      { n: '9007199254740993', r: 1e300, t: 'a;' },
      { n: 2, r: 3.5, t: 4 },
    ]);
    const columns = ['--columns', 'lr,train.loss,status', '--sort', 'lr'];
    const where = ['--where', "train.loss < 0.3 AND lr <> 0.15 AND status = 'complete'"];
    expect((await project.retrial('runs', ...where, ...columns, '--csv')).stdout).toBe(
      'lr,train.loss,status\n0.1,0.1,complete\n0.2,0.2,complete',
    );
    expect((await project.retrial('runs', ...where, ...columns, '--md')).stdout).toContain('| 0.1 | 0.1 | complete |');
    expect(await json(project, 'runs', ...where, '--json')).toHaveLength(2);
    expect((await json(project, 'compare', '--json')).runs).toHaveLength(3);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['query', 'DELETE FROM attempts'],
    ['query', 'SELECT 1; DELETE FROM attempts'],
    ['query', 'WITH x AS (SELECT 1) INSERT INTO tag_marks SELECT 1, 2, 3, 1'],
    ['query', "ATTACH 'stolen.sqlite' AS stolen"],
    ['query', "VACUUM INTO 'stolen.sqlite'"],
    ['query', 'PRAGMA writable_schema = 1'],
    ['query', 'SELECT nothing FROM nowhere'],
    ['query', ''],
    ['--where', '1); DELETE FROM attempts; --'],
    ['--where', 'status ='],
    ['--where', 'train.los > 1'],
    ['--where', 'load_extension(1)'],
  ];
  test('what writes, is several statements or wrong is refused in a line, and nothing is written', async () => {
    const project = rig(files);
    await project.retrial('run');
    for (const [command, sql] of refused) {
      const asked = await project.retrial(...(command === 'query' ? ['query', sql] : ['runs', '--where', sql]));
      expect(asked, sql).toMatchObject({ exitCode: 2, stdout: '' });
      expect(asked.stderr, sql).toContain('error: ');
    }
    expect(await json(project, 'runs', '--json')).toHaveLength(1);
    expect(await json(project, 'query', 'SELECT count(*) AS n FROM tag_marks', '--json')).toEqual([{ n: 0 }]);
    expect(filesBelow(project.folder).filter((name) => name.includes('stolen'))).toEqual([]);
  });
});

test('a folder in the place of the index or of a journal costs a warning', async () => {
  const project = rig(files);
  await project.retrial('run');
  for (const path of ['runs/index.sqlite', 'runs/journal/9.jsonl']) mkdirSync(project.path(path));
  const listed = await project.retrial('runs', '--json');
  expect(listed.stderr).toContain('9.jsonl');
  expect(listed.exitCode).toBe(0);
  expect(JSON.parse(listed.stdout)).toHaveLength(1);
});

test('a stage that reproduces otherwise is marked wherever its result is shown', async () => {
  const project = rig({
    'pipeline.yaml': `version: 1
stages:
  roll: { cmd: "od -An -N4 -tu4 /dev/urandom > \${outs.number}", outs: { number: number.txt } }
`,
  });
  await project.retrial('run');
  expect((await project.retrial('runs')).stdout).not.toContain('≠');
  expect((await project.retrial('reproduce', 'latest')).exitCode).toBe(4);
  expect((await project.retrial('runs')).stdout).toContain('≠ not deterministic');
  expect((await project.retrial('show', 'latest')).stdout).toContain('≠ roll is not deterministic');
  expect((await project.retrial('compare')).stdout).toContain('≠');
  expect((await json(project, 'runs', '--json'))[0].nondeterministic).toEqual(['roll']);
  expect((await json(project, 'compare', '--json')).runs[0].nondeterministic).toEqual(['roll']);
});
