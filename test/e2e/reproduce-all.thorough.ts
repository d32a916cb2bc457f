/** `retrial reproduce --all`: every trial of a study, and every run. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixed, project, type ReproductionJson } from '../helpers/reproducible.ts';
import { rig, until } from '../helpers/rig.ts';

interface AllJson {
  readonly study?: string;
  readonly verdict: string;
  readonly runs: readonly (ReproductionJson & { readonly reason?: string })[];
}

const sweep = `version: 1
name: seeds
until: score
metric: { name: score.value, goal: maximize }
parameters: { seed: { values: [1, 2, 3] } }
sampler: { type: grid }
budget: { trials: 3 }
`;

describe('--all', () => {
  test('every trial of a sweep; what they share is run once; the worst verdict is the exit code', async () => {
    const outside = rig({});
    const count = (name: string) => `echo ${name} >> ${outside.path('ran.txt')}`;
    const on = project(
      `${count('model')}; ${fixed.model}`,
      `${count('score')}; [ ! -e ${outside.path('later')} ] || { echo '{"value": 2}'; exit; }; ${fixed.score}`,
      { 'sweep.yaml': sweep },
    );
    const pipeline = on.read('pipeline.yaml').replace(' params: [seed],', '');
    on.write({
      'pipeline.yaml': pipeline.replace('code: [score.sh]', 'code: [score.sh], params: [seed]'.replace(', ', '\n    ')),
    });
    expect((await on.retrial('sweep', 'sweep.yaml')).exitCode).toBe(0);
    await on.run('--set', 'seed=9');
    outside.write({ 'ran.txt': '' });
    on.write({ 'model.sh': 'exit 1\n' });
    const ended = await on.retrial('reproduce', '--study', 'seeds', '--json');
    const json = JSON.parse(ended.stdout) as AllJson;
    expect([ended.exitCode, json.study, json.verdict]).toEqual([0, 'seeds', 'identical']);
    expect(json.runs.map(({ verdict }) => verdict)).toEqual(['identical', 'identical', 'identical']);
    expect(outside.read('ran.txt').split('\n').sort().join(' ').trim()).toBe('model score score score');

    const filtered = await on.retrial('reproduce', '--study', 'seeds', '--where', 'seed != 2', '-w', '2', '--json');
    const some = JSON.parse(filtered.stdout) as AllJson;
    expect(some.runs.map(({ verdict }) => verdict)).toEqual(['identical', 'identical']);
    expect(filtered.stderr).toMatch(/^[0-9a-f]{12} ✓ score +ran/m);
    expect(filtered.stderr).toMatch(/^[0-9a-f]{12}@1 {2}identical {2}\(2 of 2\)$/m);
    const left = await on.retrial('reproduce', '--study', 'seeds', '--where', 'reproduced != "identical"');
    expect([left.exitCode, left.stderr]).toEqual([2, expect.stringContaining('no run of seeds matches --where')]);

    outside.write({ later: '' });
    const all = await on.retrial('reproduce', '--all');
    expect(all.exitCode).toBe(4);
    expect(all.stdout.trim().split('\n')).toHaveLength(5);
    expect(all.stdout).toMatch(/^[0-9a-f]{12}@1 +different +score/m);
  });

  test('stopped, it tells what it had, and how to go on', async () => {
    const outside = rig({});
    const [slow, once, begun] = ['slow', 'once', 'begun'].map((name) => outside.path(name));
    const waits = `if [ -e ${slow} ] && [ -e ${once} ]; then touch ${begun}; sleep 60; fi; touch ${once}`;
    const on = project('cat "$RETRIAL_STAGE" | grep seed', `${waits}; ${fixed.score}`);
    await on.run();
    await on.run('--set', 'seed=2');
    expect((await on.retrial('reproduce', '--all')).exitCode).toBe(0); // verdicts of before are none of this time
    rmSync(outside.path('once'));
    outside.write({ slow: '' });
    const command = on.start('reproduce', '--all', '--where', "status = 'complete'");
    await until('the score of the second runs', () => existsSync(outside.path('begun')));
    command.kill('SIGINT');
    const { exitCode, stdout } = await command;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/^[0-9a-f]{12}@1 +identical/m);
    const [, quoted] = /^1 of 2 were checked; the others: .* --where (.*) in place of its own$/m.exec(stdout) ?? [];
    const filter = execFileSync('sh', ['-c', `printf %s ${quoted}`], { encoding: 'utf8' });
    expect(filter).toMatch(/^\(status = 'complete'\) and not \(reproduced_at >= "[-0-9T:.]+Z"\)$/);
    rmSync(outside.path('slow'));
    const { runs } = JSON.parse(
      (await on.retrial('reproduce', '--all', '--where', filter, '--json')).stdout,
    ) as AllJson;
    expect(runs.map(({ verdict }) => verdict)).toEqual(['identical']);
  });

  test('a run without a result is not checked, and one that cannot be rebuilt fails', async () => {
    const on = project('[ "$(grep -c \'"seed": 2\' "$RETRIAL_STAGE")" = 0 ] && echo ok', fixed.score);
    const { configHash } = await on.run();
    await on.run('--set', 'seed=2');
    const ended = await on.retrial('reproduce', '--all', '--json');
    const json = JSON.parse(ended.stdout) as AllJson;
    expect([ended.exitCode, json.runs.map(({ verdict }) => verdict)]).toEqual([0, ['identical', null]]);
    expect(json.runs[1]?.reason).toContain('no recorded result');
    expect(json.runs[0]?.configHash).toBe(configHash);
  });

  test('a study that there is not: exit 2', async () => {
    const on = project(fixed.model, fixed.score);
    await on.run();
    const { exitCode, stderr } = await on.retrial('reproduce', '--all', '--study', 'none');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('"none" is neither a study nor a hash')]);
    const both = await on.retrial('reproduce', 'latest', '--study', 'none');
    expect([both.exitCode, both.stderr]).toEqual([2, expect.stringContaining('name the run')]);
  });
});
