/** A rerun that failed, or was of a part, takes no result out of sight: tables, paths and reproductions stay with it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rig, rig } from '../helpers/rig.ts';

const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make:
    cmd: sh make.sh \${params.n} \${outs.data}
    outs: { data: data.txt }
    code: [make.sh]
  score:
    cmd: sh score.sh \${deps.data} \${outs.scores}
    deps: { data: "\${make.data}" }
    metrics: { scores: { path: scores.json, goal: { error: minimize } } }
    code: [score.sh]
`,
  'params.yaml': 'n: 3\n',
  'make.sh': 'echo made; seq $1 > $2\n',
  'score.sh': `echo scored; printf '{"error":%s}' $(wc -l < $1) > $2\n`,
  'sweep.yaml': `version: 1
name: s
metric: { name: score.error, goal: minimize }
parameters: { n: { values: [3, 5] } }
`,
};
const json = async (project: Rig, ...args: string[]) => JSON.parse((await project.retrial(...args, '--json')).stdout);

describe('after a rerun of a part, then one that failed', () => {
  const project = rig(files, afterAll);
  let hash = '';
  beforeAll(async () => {
    await project.retrial('sweep', 'sweep.yaml', '--workers', '1');
    hash = (await project.run()).configHash;
    await project.retrial('run', 'make', '-f');
    project.write({ 'score.sh': 'echo broken; exit 3\n' });
    const { stderr } = await project.retrial('run');
    expect(stderr).toContain(`retrial show ${hash.slice(0, 12)}@3`);
  });

  test('runs, compare, query and diff tell of the whole one', async () => {
    expect(await json(project, 'runs')).toMatchObject([{}, {}].map(() => ({ status: 'complete' })));
    expect(await json(project, 'query', `SELECT value FROM run_metrics WHERE config_hash = '${hash}'`)).toEqual([
      { value: 3 },
    ]);
    expect((await project.retrial('compare')).stdout.split('\n')[2]).toMatch(new RegExp(`^1 +${hash.slice(0, 12)}`));
    expect((await project.retrial('compare', hash)).stdout).toContain('3');
    expect((await project.retrial('diff', hash)).stdout).toContain(`${hash.slice(0, 12)}@1`);
  });

  test('show tells of the newer ones', async () => {
    const { stdout } = await project.retrial('show', hash);
    expect(stdout).toContain(`${hash.slice(0, 12)}@1  complete`);
    expect(stdout).toContain('newer attempts: @2 complete (asked for make alone), @3 failed');
    expect((await json(project, 'show', hash)).newer).toEqual([
      { attempt: 2, status: 'complete', targets: ['make'] },
      { attempt: 3, status: 'failed', targets: [] },
    ]);
    expect((await json(project, 'show', `${hash}@3`)).newer).toEqual([]);
  });

  test('path and export give the output of the whole one; of the failed one they say that there is none', async () => {
    expect((await project.retrial('path', hash, 'score.scores')).stdout).toMatch(/scores\.json$/);
    for (const command of [['path'], ['export']]) {
      const failed = await project.retrial(
        ...[...command, `${hash}@3`, 'score.scores', ...(command[0] === 'export' ? ['out'] : [])],
      );
      expect(failed).toMatchObject({ exitCode: 1, stdout: '' });
      expect(failed.stderr).toContain(`score failed in ${hash.slice(0, 12)}@3: there is no score.scores`);
      expect(failed.stderr).toContain(`${hash.slice(0, 12)}@2 has it`);
      expect(failed.stderr).not.toContain('damaged');
    }
  });

  test('logs are those of the newest: it may be asked why it failed', async () => {
    expect((await project.retrial('logs', hash, 'score')).stdout.trim()).toBe('broken');
    expect((await project.retrial('logs', `${hash}@1`, 'score')).stdout.trim()).toBe('scored');
  });

  test('reproduce has the whole one again', async () => {
    const reproduced = await json(project, 'reproduce', hash);
    expect(reproduced).toMatchObject({ attempt: 1, verdict: 'identical' });
  });
});

test('a run that never was complete: path says that its stage failed, and names what it has where the stage is meant', async () => {
  const project = rig({ ...files, 'score.sh': 'exit 1\n' });
  const { configHash } = await project.run();
  const name = `${configHash.slice(0, 12)}@1`;
  const { stderr } = await project.retrial('path', 'latest', 'score.scores');
  expect(stderr).toContain(`score failed in ${name}: there is no score.scores\n  → retrial show ${name} tells why`);
  expect(await project.retrial('path', 'latest', 'make')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('make has make.data'),
  });
});
