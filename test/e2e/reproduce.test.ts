/** `retrial reproduce` as its user sees it: each verdict, its exit code, and what is on record after it. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixed, kept, onRecord, project, random, reproduced } from '../helpers/reproducible.ts';
import { type Rig, rig, until } from '../helpers/rig.ts';

/** The last verdict in the journals, as it was written. */
function lastVerdict(on: Rig): unknown {
  const lines = readdirSync(on.path('runs/journal'))
    .sort()
    .flatMap((name) => on.read(`runs/journal/${name}`).trim().split('\n'));
  return lines.map((line) => JSON.parse(line) as { type: string }).findLast(({ type }) => type === 'run-reproduced');
}

test('a damaged record is said to be damaged, rather than anything of what it tells', async () => {
  const on = project(fixed.model, fixed.score);
  const { configHash, stages } = await on.run();
  const run = `runs/${configHash}`;
  for (const [file, from, to] of [
    [`${run}/config.yaml`, 'seed: 1', 'seed: 2'],
    [`${run}/attempts/1/environment.json`, '"cpus"', '"CPUs"'],
    [`${run}/attempts/1/inputs.json`, '"model.sh"', '"other.sh"'],
    [`${run}/attempts/1/lock.json`, '"ran"', '"fresh"'],
    [`runs/stages/${stages[1]?.fingerprint}/lock.json`, '"value": 1', '"value": 2'],
  ] as const) {
    const whole = on.read(file);
    on.write({ [file]: whole.replace(from, to) });
    const { exitCode, stderr } = await on.retrial('reproduce', configHash);
    expect({ file, exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is damaged') });
    expect(stderr).toContain(file);
    on.write({ [file]: whole });
  }
  expect((await reproduced(on, configHash)).json.verdict).toBe('identical');
});

describe('verdicts', () => {
  test('identical: exit 0, nothing kept, and the verdict on record', async () => {
    const on = project(fixed.model, fixed.score);
    const { configHash } = await on.run();
    const { exitCode, json } = await reproduced(on, configHash.slice(0, 12));
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ configHash, attempt: 1, verdict: 'identical', code: 'recorded', drift: [] });
    expect(json.stages.map(({ name, identical, sameInputs }) => [name, identical, sameInputs])).toEqual([
      ['model', true, true],
      ['score', true, true],
    ]);
    expect(kept(on)).toEqual([]);
    expect(await onRecord(on, configHash)).toMatchObject({ verdict: 'identical' });
  });

  test('it runs every stage again, and says what is the same', async () => {
    const outside = rig({});
    const on = project(
      `echo model >> ${outside.path('ran.txt')}; ${fixed.model}`,
      `echo score >> ${outside.path('ran.txt')}; ${fixed.score}`,
    );
    const { configHash } = await on.run();
    const { stdout } = await on.retrial('reproduce', configHash);
    expect(outside.read('ran.txt')).toBe('model\nscore\nmodel\nscore\n');
    expect(stdout).toContain(`${configHash.slice(0, 12)}@1: identical: every output has the same bytes`);
    expect(stdout).toMatch(/= model\.model {2}[0-9a-f]{12}\n/);
  });

  test('equal metrics only: exit 3, what came out is kept, and the metrics are those of what came out', async () => {
    const outside = rig({});
    const on = project(random.model, `cat model.txt >> ${outside.path('seen.txt')} 2>&1; ${fixed.score}`);
    on.write({
      'pipeline.yaml': on
        .read('pipeline.yaml')
        .replace('sh score.sh', `cat \${deps.model} >> ${outside.path('seen.txt')}; sh score.sh`),
    });
    const { configHash } = await on.run();
    const { exitCode, json } = await reproduced(on, configHash);
    expect([exitCode, json.verdict, json.firstDifference]).toEqual([3, 'equal-metrics', 'model']);
    expect(json.stages.map(({ identical }) => identical)).toEqual([false, true]);
    expect(kept(on)).toEqual([json.kept]);
    const seen = outside.read('seen.txt').match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? [];
    expect([seen.length, new Set(seen).size]).toEqual([3, 2]); // alone on the recorded model, then on the new one
  });

  test('a random model that its score depends on: different, and each stage judged alone', async () => {
    const on = project(random.model, '');
    on.write({
      'pipeline.yaml': on.read('pipeline.yaml').replace('sh score.sh', 'sh score.sh ${deps.model}'),
      'score.sh': `echo '{"value": '$(cksum < "$1" | cut -d' ' -f1)'}'\n`,
    });
    const { configHash } = await on.run();
    const { exitCode, json } = await reproduced(on, configHash);
    expect([exitCode, json.verdict, json.firstDifference]).toEqual([4, 'different', 'model']);
    expect(json.stages.map(({ identical, equalMetrics }) => [identical, equalMetrics])).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(lastVerdict(on)).toMatchObject({
      verdict: 'different',
      firstDifference: 'model',
      stages: [
        { stage: 'model', sameInputs: true, differing: ['model'] },
        { stage: 'score', sameInputs: true, differing: [] },
      ],
    });
  });

  test('a stage that writes the time: exit 4, the first differing output is named and kept', async () => {
    const on = project(fixed.model, random.score);
    const { configHash } = await on.run();
    const { exitCode, stdout } = await on.retrial('reproduce', configHash);
    expect(exitCode).toBe(4);
    expect(stdout).toContain('different from score on, although everything that went in is the same');
    expect(stdout).toContain('= model.model');
    expect(stdout).toMatch(/≠ score\.scores {2}[0-9a-f]{12} → [0-9a-f]{12}/);
    const [folder = ''] = kept(on);
    expect(stdout).toContain(`what came out this time is kept in ${folder}`);
    const files = readdirSync(folder, { recursive: true }).map(String);
    const scores = files.find((name) => name.endsWith('outs/scores.json')) ?? '';
    expect(readFileSync(join(folder, scores), 'utf8')).not.toBe(on.read(`runs/${configHash}/score/outs/scores.json`));
  });

  test('bytes that differ where nothing is measured are different, not equal', async () => {
    const on = project(random.model, fixed.score);
    const { configHash } = await on.run('model');
    expect((await reproduced(on, configHash)).json.verdict).toBe('different');
  });

  test('a stage that fails now: exit 1, and the one after it is judged on its recorded input', async () => {
    const outside = rig({});
    const on = project(`[ ! -e ${outside.path('broken')} ] || exit 7; ${fixed.model}`, fixed.score);
    const { configHash } = await on.run();
    outside.write({ broken: '' });
    const { exitCode, json } = await reproduced(on, configHash);
    expect([exitCode, json.verdict]).toEqual([1, 'failed']);
    expect(json.stages.map(({ name, state, identical }) => [name, state, identical])).toEqual([
      ['model', 'failed', false],
      ['score', 'ended', true],
    ]);
  });

  test('a stage that reads a file in no key fails when rebuilt, and the message says why', async () => {
    const on = project('cat undeclared.txt', fixed.score, { 'undeclared.txt': 'hidden\n' });
    const { configHash } = await on.run();
    const { exitCode, stdout } = await on.retrial('reproduce', configHash);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ model exited with code 1');
    expect(stdout).toContain('a file it reads may be in no key');
    expect((await reproduced(on, configHash, '--current-code')).exitCode).toBe(0);
  });

  test('a run that had failed: what it came to is compared, and what it did not is named', async () => {
    const project = rig({
      'pipeline.yaml': `version: 1
stages:
  make: { cmd: "seq 3 > \${outs.data}", outs: { data: data.txt } }
  score: { cmd: "exit 3", deps: { data: "\${make.data}" }, outs: { scores: scores.json } }
  report: { cmd: "cat \${deps.scores} > \${outs.page}", deps: { scores: "\${score.scores}" }, outs: { page: page.txt } }
`,
    });
    await project.retrial('run');
    await project.retrial('run'); // fails again: the second attempt
    const said = await project.retrial('reproduce', 'latest');
    expect(said.stdout + said.stderr).not.toContain('@1');
    expect(said).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('identical as far as it got: the run had failed'),
    });
    expect(said.stdout).toContain('  = make.data');
    expect(said.stdout).toContain('  - score had failed: not compared\n  - report had not run: not compared');
    const { stdout } = await project.retrial('reproduce', 'latest', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ verdict: 'identical', recordedStatus: 'failed' },
      notCompared: [
        { stage: 'score', outcome: 'failed' },
        { stage: 'report', outcome: 'cancelled' },
      ],
    });
    expect((await project.retrial('reproduce', '--all')).stdout).toContain('score had failed');
  });

  test('interrupted: exit 130, no verdict, nothing kept', async () => {
    const outside = rig({});
    const slow = `[ ! -e ${outside.path('slow')} ] || { touch ${outside.path('begun')}; sleep 60; }`;
    const on = project(fixed.model, `${slow}; ${fixed.score}`);
    const { configHash } = await on.run();
    outside.write({ slow: '' });
    const command = on.start('reproduce', configHash, '--json');
    await until('the second stage runs', () => existsSync(outside.path('begun')));
    command.kill('SIGINT');
    const { exitCode, stdout } = await command;
    expect([exitCode, stdout]).toEqual([130, '']);
    expect(existsSync(on.path('runs/reproductions'))).toBe(false);
    expect(await onRecord(on, configHash)).toBeNull();
  });
});

describe('metrics with a tolerance', () => {
  const nearly = (outside: Rig) =>
    project(
      fixed.model,
      `if [ -e ${outside.path('later')} ]; then echo '{"value": 1.0000001}'; else ${fixed.score}; fi`,
    );

  test('exactly equal by default; within the stated fraction where one is given', async () => {
    const outside = rig({});
    const on = nearly(outside);
    const { configHash } = await on.run();
    outside.write({ later: '' });
    expect((await reproduced(on, configHash)).json).toMatchObject({ verdict: 'different', tolerance: 0 });
    const { exitCode, json } = await reproduced(on, configHash, '--tolerance', '1e-6');
    expect([exitCode, json.verdict, json.tolerance]).toEqual([3, 'equal-metrics', 1e-6]);
    expect(json.stages[1]?.metrics).toEqual([{ name: 'score.value', recorded: 1, reproduced: 1.0000001, equal: true }]);
    expect((await reproduced(on, configHash, '--tolerance', '1e-8')).json.verdict).toBe('different');
    expect((await on.retrial('reproduce', configHash, '--tolerance', '2')).exitCode).toBe(2);
  });
});

describe('which run', () => {
  test('an unknown hash, and one that two runs begin with: exit 2', async () => {
    const on = project(fixed.model, fixed.score);
    const seeds = Array.from({ length: 17 }, (_, seed) => seed); // of 17 hashes two begin with the same digit
    const hashes: string[] = [];
    for (const seed of seeds) {
      hashes.push((await on.run('--set', `seed=${seed}`, 'model')).configHash);
      if (new Set(hashes.map((hash) => hash[0])).size < hashes.length) break;
    }
    const shared = hashes.at(-1)?.[0] ?? '';
    const ambiguous = await on.retrial('reproduce', shared);
    expect(ambiguous.exitCode).toBe(2);
    expect(ambiguous.stderr).toContain(`"${shared}" is not unique`);
    const unknown = await on.retrial('reproduce', 'fedcba987654');
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('no run begins with "fedcba987654"');
    const attempt = await on.retrial('reproduce', `${hashes[0]}@9`);
    expect([attempt.exitCode, attempt.stderr]).toEqual([2, expect.stringContaining('has no attempt 9')]);
    const neither = await on.retrial('reproduce');
    expect([neither.exitCode, neither.stderr]).toEqual([2, expect.stringContaining('say --all')]);
  });

  test('an attempt before the last is had again with its own code', async () => {
    const on = project(fixed.model, fixed.score);
    const { configHash } = await on.run();
    on.write({ 'model.sh': 'echo another\n' });
    expect((await on.run()).attempt).toBe(2);
    rmSync(on.path('model.sh'));
    for (const attempt of [1, 2]) {
      const { exitCode, json } = await reproduced(on, `${configHash}@${attempt}`);
      expect([exitCode, json.attempt, json.verdict]).toEqual([0, attempt, 'identical']);
    }
  });
});
