/** `retrial reproduce` as its user sees it: each verdict, its exit code, and what is on record after it. */
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Rig, rig, until } from '../helpers/rig.ts';

/** `model` has bytes and `score` a metric; how each comes about is the test's to say. */
const project = (model: string, score: string) =>
  rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  model: { cmd: "sh model.sh > \${outs.model}", code: [model.sh], params: [seed], outs: { model: model.txt } }
  score:
    cmd: sh score.sh > \${outs.scores}
    deps: { model: "\${model.model}" }
    code: [score.sh]
    metrics: { scores: { path: scores.json, goal: maximize } }
`,
    'params.yaml': 'seed: 1\n',
    'model.sh': `${model}\n`,
    'score.sh': `${score}\n`,
  });

const fixed = { model: 'echo the same', score: `echo '{"value": 1}'` };
const random = { model: 'cat /proc/sys/kernel/random/uuid', score: `echo '{"value": 0.'$(date +%s%N)'}'` };

interface ReproductionJson {
  readonly configHash: string;
  readonly verdict: string;
  readonly stages: readonly { readonly name: string; readonly identical: boolean; readonly equalMetrics: boolean }[];
  readonly drift: readonly { readonly stage: string; readonly change: { readonly field: string } }[];
  readonly kept?: string;
}

async function reproduced(on: Rig, hash: string) {
  const { exitCode, stdout, stderr } = await on.retrial('reproduce', hash.slice(0, 12), '--json');
  if (stdout === '') throw new Error(`no JSON on stdout:\n${stderr}`);
  return { exitCode, json: JSON.parse(stdout) as ReproductionJson };
}

/** What `retrial show` knows of reproductions of the run. */
async function onRecord(on: Rig, hash: string): Promise<unknown> {
  const { stdout } = await on.retrial('show', hash, '--json');
  return (JSON.parse(stdout) as { reproduced: unknown }).reproduced;
}

const kept = (on: Rig) => {
  const folder = on.path('runs/reproductions');
  return (readdirSync(on.path('runs')).includes('reproductions') ? readdirSync(folder) : []).map((name) =>
    join(folder, name),
  );
};

describe('verdicts', () => {
  test('identical: exit 0, nothing kept, and the verdict on record', async () => {
    const on = project(fixed.model, fixed.score);
    const { configHash } = await on.run();
    const { exitCode, json } = await reproduced(on, configHash);
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ configHash, verdict: 'identical', drift: [] });
    expect(json.stages.map(({ name, identical }) => [name, identical])).toEqual([
      ['model', true],
      ['score', true],
    ]);
    expect(kept(on)).toEqual([]);
    expect(await onRecord(on, configHash)).toMatchObject({ verdict: 'identical' });
  });

  test('it runs every stage again, and says what is the same', async () => {
    const on = project(`echo model >> ran.txt; ${fixed.model}`, `echo score >> ran.txt; ${fixed.score}`);
    const { configHash } = await on.run();
    const { stdout } = await on.retrial('reproduce', configHash);
    expect(on.read('ran.txt')).toBe('model\nscore\nmodel\nscore\n');
    expect(stdout).toContain(`${configHash.slice(0, 12)}@1: identical: every output has the same bytes`);
    expect(stdout).toMatch(/= model\.model {2}[0-9a-f]{12}\n/);
  });

  test('equal metrics only: exit 3, what came out is kept', async () => {
    const on = project(random.model, fixed.score);
    const { configHash } = await on.run();
    const { exitCode, json } = await reproduced(on, configHash);
    expect([exitCode, json.verdict]).toEqual([3, 'equal-metrics']);
    expect(kept(on)).toEqual([json.kept]);
  });

  test('different: exit 4, the first differing output is named and kept', async () => {
    const on = project(fixed.model, random.score);
    const { configHash } = await on.run();
    const { exitCode, stdout } = await on.retrial('reproduce', configHash);
    expect(exitCode).toBe(4);
    expect(stdout).toContain('= model.model');
    expect(stdout).toMatch(/≠ score\.scores {2}[0-9a-f]{12} → [0-9a-f]{12}/);
    const [folder = ''] = kept(on);
    expect(stdout).toContain(`what came out this time is kept in ${folder}`);
    const files = readdirSync(folder, { recursive: true }).map(String);
    const scores = files.find((name) => name.endsWith('outs/scores.json')) ?? '';
    expect(readFileSync(join(folder, scores), 'utf8')).not.toBe(on.read(`runs/${configHash}/score/outs/scores.json`));
  });

  test('drifted: changed code and another output: exit 5, and the field is named', async () => {
    const on = project(fixed.model, fixed.score);
    const { configHash } = await on.run();
    on.write({ 'model.sh': 'echo something else\n' });
    const { exitCode, json } = await reproduced(on, configHash);
    expect([exitCode, json.verdict]).toEqual([5, 'drifted']);
    expect(json.drift.map(({ stage, change }) => `${stage} ${change.field}`)).toEqual(['model code.model.sh']);
  });

  test('changed code and the same bytes: identical all the same', async () => {
    const on = project(fixed.model, fixed.score);
    const { configHash } = await on.run();
    appendFileSync(on.path('model.sh'), '# a comment\n');
    expect((await reproduced(on, configHash)).exitCode).toBe(0);
  });

  test('a stage that fails now: exit 1', async () => {
    const on = project(fixed.model, fixed.score);
    const { configHash } = await on.run();
    on.write({ 'score.sh': 'exit 7\n' });
    const { exitCode, json } = await reproduced(on, configHash);
    expect([exitCode, json.verdict]).toEqual([1, 'failed']);
  });

  test('interrupted: exit 130, no verdict, nothing kept', async () => {
    const on = project(fixed.model, `[ -e slow ] && { touch begun; sleep 60; }; ${fixed.score}`);
    const { configHash } = await on.run();
    on.write({ slow: '' });
    const command = on.start('reproduce', configHash, '--json');
    await until('the second stage runs', () => existsSync(on.path('begun')));
    command.kill('SIGINT');
    const { exitCode, stdout } = await command;
    expect([exitCode, stdout]).toEqual([130, '']);
    expect(kept(on)).toEqual([]);
    expect(await onRecord(on, configHash)).toBeNull();
  });

  test('pipeline.yaml and params have changed since: the recorded ones are used', async () => {
    const on = project(fixed.model, fixed.score);
    const { configHash } = await on.run('--set', 'seed=5');
    on.write({
      'pipeline.yaml': 'version: 1\nstages: { other: { cmd: "true", outs: { o: o } } }\n',
      'params.yaml': '',
    });
    expect((await reproduced(on, configHash)).exitCode).toBe(0);
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
  });
});
