/** What a past attempt is rebuilt from when the project is no longer what it was, and what is told as drift. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ContentHash, sha256 } from '../../src/hash.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { readObject } from '../../src/store/objects.ts';
import { driftFields, fixed, project, recordAgain, reproduced } from '../helpers/reproducible.ts';
import { type Rig, rig } from '../helpers/rig.ts';

interface InputsJson {
  readonly stages: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly executable: readonly string[];
  readonly dependencies: Readonly<Record<string, unknown>>;
}

const attemptFile = (on: Rig, hash: string, name: string) => on.path(`runs/${hash}/attempts/1/${name}`);
const inputsOf = (on: Rig, hash: string) =>
  JSON.parse(readFileSync(attemptFile(on, hash, 'inputs.json'), 'utf8')) as InputsJson;
const objects = (on: Rig) =>
  readdirSync(on.path('runs/objects'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

/** One stage that runs a module of two files with a package, a data file and a folder of data. */
const traced = (data: Readonly<Record<string, string>> = {}) =>
  rig({
    'pipeline.yaml': `version: 1
stages:
  sum:
    cmd: node main.js
    deps: { numbers: numbers.txt, more: more/ }
    env: [ROUNDING]
    outs: { sum: sum.txt }
`,
    'package.json': '{ "name": "sums", "type": "module", "dependencies": { "adder": "1.0.0" } }\n',
    'main.js': `import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { add } from 'adder';
import { parse } from './lib/parse.js';
const { outs } = JSON.parse(readFileSync(process.env.RETRIAL_STAGE, 'utf8'));
const more = readdirSync('more', { recursive: true }).sort().join();
const sum = parse(readFileSync('numbers.txt', 'utf8')).reduce(add, 0);
writeFileSync(outs.sum, sum + more + process.env.ROUNDING);
`,
    'lib/parse.js': `export const parse = (text) => text.trim().split('\\n').map(Number);\n`,
    'node_modules/adder/package.json': '{ "name": "adder", "version": "1.0.0", "type": "module", "main": "index.js" }',
    'node_modules/adder/index.js': 'export const add = (a, b) => a + b;\n',
    'numbers.txt': '1\n2\n3\n',
    'more/a.txt': 'a',
    'more/deep/b.txt': 'b',
    ...data,
  });

test('links in a folder of data are kept as links, and there again when today’s folder has changed', async () => {
  const on = project(fixed.model, fixed.score);
  on.write({
    'pipeline.yaml': `version: 1
stages:
  model: { cmd: 'cat data/new/* data/now && readlink data/new data/now > \${outs.links}', deps: [data], outs: { links: links.txt } }
`,
    'data/2024/a.txt': 'a',
  });
  symlinkSync('2024', on.path('data/new'));
  symlinkSync('2024/a.txt', on.path('data/now'));
  const { configHash } = await on.run();
  const { data } = inputsOf(on, configHash).dependencies as { data: { hash: ContentHash } };
  expect(data).toEqual({ kept: true, kind: 'folder', hash: expect.any(String), size: 1 });
  expect(JSON.parse((await readObject(layoutOf(on.path('runs')), data.hash)).toString())).toEqual([
    ['2024/a.txt', sha256('a')],
    ['new', sha256('link 2024'), 'link'],
    ['now', sha256('link 2024/a.txt'), 'link'],
  ]);
  rmSync(on.path('data'), { recursive: true });
  const { exitCode, json } = await reproduced(on, configHash);
  expect([exitCode, json.verdict, json.drift]).toEqual([0, 'identical', []]);
  expect((await on.retrial('verify')).exitCode).toBe(0);
});

describe('what an attempt keeps when it begins', () => {
  test('code, manifests and small dependencies as objects, once; a run that does nothing keeps nothing', async () => {
    const on = traced();
    const { configHash } = await on.run();
    expect(inputsOf(on, configHash)).toMatchObject({
      stages: ['sum'],
      dependencies: {
        'numbers.txt': { kept: true, kind: 'file', size: 6 },
        'more/': { kept: true, kind: 'folder', size: 2 },
      },
    });
    expect(Object.keys(inputsOf(on, configHash).files)).toEqual(['lib/parse.js', 'main.js', 'package.json']);
    const before = objects(on).map((entry) => join(entry.parentPath, entry.name));
    expect(before).toHaveLength(8); // 3 files, pipeline.yaml, numbers, the folder's list and its two files
    expect((await on.run()).attempt).toBeNull();
    on.write({ 'numbers.txt': '4\n' });
    await on.run();
    expect(objects(on)).toHaveLength(9);
  });

  test('a large dependency by its size and hash alone', async () => {
    const on = traced({ 'numbers.txt': '1\n'.repeat(600_000) });
    const { configHash } = await on.run();
    const { 'numbers.txt': numbers } = inputsOf(on, configHash).dependencies;
    expect(numbers).toMatchObject({
      kept: false,
      kind: 'file',
      size: 1_200_000,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('the commit and what is not committed, and no variable that was not declared', async () => {
    const on = traced();
    const git = (...args: string[]) =>
      execaSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: on.folder });
    git('init', '-q');
    git('add', 'main.js', 'lib', 'package.json', 'pipeline.yaml');
    git('commit', '-qm', 'first');
    const commit = git('rev-parse', 'HEAD').stdout;
    on.write({ 'lib/parse.js': `${on.read('lib/parse.js')}// not committed\n` });
    const { configHash } = await on.run();
    const environment = JSON.parse(readFileSync(attemptFile(on, configHash, 'environment.json'), 'utf8')) as {
      git: { diff: string };
    };
    expect(environment).toMatchObject({
      git: { commit, branch: expect.any(String), dirty: true },
      node: process.versions.node,
    });
    const { diff } = environment.git;
    expect(on.read(`runs/objects/${diff.slice(0, 2)}/${diff.slice(2)}`)).toContain('+// not committed');
    const all = execaSync('grep', ['-rlF', process.env.PATH ?? '', on.path('runs')], { reject: false });
    expect(all.stdout).toBe('');
  });
});

describe('rebuilt from the record', () => {
  test('after code, data and declared variables have changed', async () => {
    const on = traced();
    process.env.ROUNDING = 'up';
    const { configHash } = await on.run();
    process.env.ROUNDING = 'down';
    on.write({ 'main.js': 'throw new Error();\n', 'lib/parse.js': '', 'numbers.txt': '9\n', 'more/c.txt': '' });
    const { exitCode, json } = await reproduced(on, configHash);
    delete process.env.ROUNDING;
    expect([exitCode, json.verdict, json.drift]).toEqual([0, 'identical', []]);
  });

  test('with --current-code instead: what changed is drift', async () => {
    const on = project(fixed.model, fixed.score);
    const { configHash } = await on.run();
    on.write({ 'model.sh': 'echo something else\n' });
    expect((await reproduced(on, configHash)).exitCode).toBe(0);
    const { exitCode, json } = await reproduced(on, configHash, '--current-code');
    expect([exitCode, json.verdict, json.code]).toEqual([5, 'drifted', 'current']);
    expect(driftFields(json)).toEqual(['model code.model.sh']);
    on.write({ 'model.sh': 'echo the same # differently\n' });
    expect((await reproduced(on, configHash, '--current-code')).exitCode).toBe(0);
  });

  test('after every source is deleted, pipeline.yaml among them', async () => {
    const on = traced();
    const { configHash } = await on.run();
    for (const name of readdirSync(on.folder))
      if (name !== 'runs' && name !== 'node_modules') rmSync(on.path(name), { recursive: true });
    expect((await reproduced(on, configHash)).exitCode).toBe(0);
    expect(readdirSync(on.folder).sort()).toEqual(['node_modules', 'runs']);
  });

  test('in another folder that has only a copy of runs/', async () => {
    const on = traced();
    const { configHash } = await on.run();
    const clone = rig({});
    cpSync(on.path('runs'), clone.path('runs'), { recursive: true });
    cpSync(on.path('node_modules'), clone.path('node_modules'), { recursive: true });
    rmSync(on.folder, { recursive: true });
    expect((await reproduced(clone, configHash)).exitCode).toBe(0);
  });

  test('after outputs were collected: later stages are given what came out this time', async () => {
    const outside = rig({});
    const on = project(fixed.model, `cat model.txt 2>/dev/null; ${fixed.score}`);
    on.write({
      'pipeline.yaml': on
        .read('pipeline.yaml')
        .replace('sh score.sh', `cp \${deps.model} ${outside.path('given')}; sh score.sh`),
    });
    const { configHash, stages } = await on.run();
    mkdirSync(on.path('runs/collected'));
    for (const { fingerprint } of stages) {
      renameSync(on.path(`runs/stages/${fingerprint}/lock.json`), on.path(`runs/collected/${fingerprint}.json`));
      rmSync(on.path(`runs/stages/${fingerprint}`), { recursive: true });
    }
    rmSync(outside.path('given'));
    const { exitCode, json } = await reproduced(on, configHash);
    expect([exitCode, json.verdict, outside.read('given')]).toEqual([0, 'identical', 'the same\n']);
  });

  test('stages that are carried over from an attempt with other code are rebuilt with theirs', async () => {
    const shared = { 'shared.sh': 'echo one\n' };
    const on = project('sh shared.sh', `sh shared.sh > /dev/null; ${fixed.score}`, shared);
    const pipeline = on.read('pipeline.yaml').replace('[model.sh]', '[model.sh, shared.sh]');
    on.write({
      'pipeline.yaml': pipeline
        .replace('    deps: { model: "${model.model}" }\n', '')
        .replace('[score.sh]', '[score.sh, shared.sh]'),
    });
    const { configHash } = await on.run('model');
    on.write({ 'shared.sh': 'echo two\n' });
    await on.run('score');
    rmSync(on.path('shared.sh'));
    const { exitCode, json } = await reproduced(on, `${configHash}@2`);
    expect([exitCode, json.stages.map(({ name }) => name)]).toEqual([0, ['model', 'score']]);
  });

  test('an attempt older than the recording of code is run with that of today, and the output says so', async () => {
    const on = project(fixed.model, fixed.score);
    const { configHash } = await on.run();
    rmSync(attemptFile(on, configHash, 'inputs.json'));
    await recordAgain(on, configHash);
    const { exitCode, stdout } = await on.retrial('reproduce', configHash);
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('this attempt is older than the recording of code'),
    ]);
    expect((await reproduced(on, configHash)).json.code).toBe('not-recorded');
  });

  test('what is kept of a reproduction is no code of the project', async () => {
    const on = project('date +%s%N', fixed.score);
    on.write({ 'pipeline.yaml': on.read('pipeline.yaml').replace('[model.sh]', '["**/*.sh"]') });
    const { configHash } = await on.run();
    expect((await reproduced(on, configHash)).json.kept).toContain(on.path('runs/reproductions'));
    expect((await on.run()).attempt).toBeNull();
  });

  test('a lost object: the same file of today is as good; without it the run cannot be rebuilt, exit 2', async () => {
    const on = project(fixed.model, fixed.score);
    const { configHash } = await on.run();
    const hash = inputsOf(on, configHash).files['model.sh'] ?? '';
    writeFileSync(on.path(`runs/objects/${hash.slice(0, 2)}/${hash.slice(2)}`), 'damaged');
    expect((await reproduced(on, configHash)).exitCode).toBe(0);
    on.write({ 'model.sh': 'echo another\n' });
    const { exitCode, stderr } = await on.retrial('reproduce', configHash);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('cannot be rebuilt: model.sh')]);
    expect(existsSync(on.path('runs/reproductions'))).toBe(false);
  });
});

describe('drift', () => {
  test('another version of a package', async () => {
    const on = traced();
    const { configHash } = await on.run();
    on.write({
      'node_modules/adder/package.json': on.read('node_modules/adder/package.json').replace('1.0.0', '1.1.0'),
      'node_modules/adder/index.js': 'export const add = (a, b) => a + b + 1;\n',
    });
    const { exitCode, json } = await reproduced(on, configHash);
    expect([exitCode, json.verdict, json.firstDifference]).toEqual([5, 'drifted', 'sum']);
    expect(driftFields(json)).toEqual(['sum packages.adder@1.0.0', 'sum packages.adder@1.1.0']);
  });

  test('--install takes the packages of the recorded lock file', async () => {
    const on = traced();
    cpSync(on.path('node_modules/adder'), on.path('vendor/package'), { recursive: true });
    const archive = on.path('vendor/adder.tgz');
    execaSync('tar', ['czf', archive, '-C', on.path('vendor'), 'package']);
    on.write({ 'package.json': on.read('package.json').replace('"1.0.0"', JSON.stringify(`file:${archive}`)) });
    rmSync(on.path('node_modules'), { recursive: true });
    execaSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--offline'], { cwd: on.folder });
    const { configHash } = await on.run();
    on.write({ 'node_modules/adder/index.js': 'export const add = () => 0;\n' });
    expect((await reproduced(on, configHash)).json.verdict).toBe('different');
    expect((await reproduced(on, configHash, '--install')).json).toMatchObject({ verdict: 'identical', drift: [] });
    const without = project(fixed.model, fixed.score);
    const { exitCode, stderr } = await without.retrial('reproduce', (await without.run()).configHash, '--install');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('nothing to install from')]);
  });

  test('a large file that is gone: its stage is left out, with a clear message', async () => {
    const on = traced({ 'numbers.txt': '1\n'.repeat(600_000) });
    const { configHash } = await on.run();
    rmSync(on.path('main.js'));
    expect((await reproduced(on, configHash)).exitCode).toBe(0); // a large file is today's
    rmSync(on.path('numbers.txt'));
    const { exitCode, stdout } = await on.retrial('reproduce', configHash);
    expect(exitCode).toBe(5);
    expect(stdout).toContain('sum: numbers.txt is not there (1200000 bytes, too large to be kept with the record)');
    expect(stdout).toContain('- sum was not run');
  });

  test('a large file that has changed', async () => {
    const on = traced({ 'numbers.txt': '1\n'.repeat(600_000) });
    const { configHash } = await on.run();
    on.write({ 'numbers.txt': '2\n'.repeat(600_000) });
    const { exitCode, json } = await reproduced(on, configHash);
    expect([exitCode, driftFields(json)]).toEqual([5, ['sum deps.numbers']]);
  });

  test('fewer threads, another Node: shown as such, and no sign of a stage that is not deterministic', async () => {
    const on = project(fixed.model, `echo '{"value": 0.'$(date +%s%N)'}'`);
    const { configHash } = await on.run();
    const path = attemptFile(on, configHash, 'environment.json');
    const recorded = JSON.parse(readFileSync(path, 'utf8')) as { threads: number };
    writeFileSync(path, JSON.stringify({ ...recorded, threads: recorded.threads + 6, node: '20.0.0' }));
    await recordAgain(on, configHash);
    const { exitCode, json } = await reproduced(on, configHash);
    expect([exitCode, driftFields(json)]).toEqual([4, ['environment.node', 'environment.threads']]);
    expect(json.stages.map(({ sameInputs }) => sameInputs)).toEqual([false, false]);
    const { stdout } = await on.retrial('reproduce', configHash);
    expect(stdout).toContain('what went in is the same, what it ran on is not (below)');
    expect(stdout).toContain(`environment.threads changed since then: ${recorded.threads + 6} → ${recorded.threads}`);
  });
});

describe('what TensorFlow computes with', () => {
  /** A stage that imports it, without its weight: which build there is, is read from its files. */
  const computing = (library: string) => {
    const made = rig({
      'pipeline.yaml': `version: 1
stages:
  fit:
    cmd: node fit.mjs > \${outs.scores}
    metrics: { scores: { path: scores.json, goal: maximize } }
`,
      'fit.mjs':
        "import core from '@tensorflow/tfjs-core';\nconsole.log(JSON.stringify({ value: core[process.env.RETRIAL_TENSORFLOW] }));\n",
    });
    const install = (name: string, more: Readonly<Record<string, string>> = {}) => {
      const folder = `node_modules/@tensorflow/${name}`;
      const files = {
        'package.json': `{ "name": "@tensorflow/${name}", "version": "4.22.0", "main": "index.js" }`,
        ...more,
      };
      made.write(Object.fromEntries(Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text])));
    };
    install('tfjs-core', { 'index.js': 'module.exports = { native: 1, wasm: 1.0000001 };\n' });
    install('tfjs-backend-wasm', { 'index.js': '' });
    install('tfjs-node', { 'index.js': '', 'lib/napi-v8/tfjs_binding.node': '' });
    build(made, library);
    return made;
  };
  const build = (made: Rig, version: string) => {
    const link = made.path('node_modules/@tensorflow/tfjs-node/deps/lib/libtensorflow.so.2');
    rmSync(link, { force: true });
    made.write({ [`lib/libtensorflow.so.${version}`]: '', 'node_modules/@tensorflow/tfjs-node/deps/lib/.keep': '' });
    symlinkSync(made.path(`lib/libtensorflow.so.${version}`), link);
  };
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('another build, another backend, other sums of oneDNN: each is drift, and told as such', async () => {
    vi.stubEnv('RETRIAL_TENSORFLOW', 'native');
    const made = computing('2.9.1');
    const { configHash } = await made.run();
    expect((await reproduced(made, configHash)).json).toMatchObject({ verdict: 'identical', drift: [] });

    build(made, '2.16.1');
    const built = await reproduced(made, configHash);
    expect([built.exitCode, driftFields(built.json)]).toEqual([0, ['fit runtime.tensorflow.library']]);
    expect(built.json.drift[0]).toMatchObject({ kind: 'runtime', change: { before: '2.9.1', after: '2.16.1' } });
    expect((await made.retrial('reproduce', configHash)).stdout).toContain(
      'runtime.tensorflow.library changed since then: "2.9.1" → "2.16.1"',
    );
    build(made, '2.9.1');

    vi.stubEnv('RETRIAL_TENSORFLOW', 'wasm');
    const wasm = await reproduced(made, configHash);
    expect([wasm.exitCode, wasm.json.verdict, wasm.json.firstDifference]).toEqual([5, 'drifted', 'fit']);
    expect(driftFields(wasm.json)).toContain('fit runtime.tensorflow.backend');
    vi.stubEnv('RETRIAL_TENSORFLOW', 'native');

    vi.stubEnv('TF_ENABLE_ONEDNN_OPTS', '0');
    const oneDnn = (await reproduced(made, configHash)).json;
    expect(driftFields(oneDnn)).toEqual(process.arch === 'x64' ? ['fit runtime.tensorflow.oneDNN'] : []);
  });

  test('a processor without what the other had: shown, and no sign of a stage that is not deterministic', async () => {
    const made = project(fixed.model, `echo '{"value": 0.'$(date +%s%N)'}'`);
    const { configHash } = await made.run();
    const path = attemptFile(made, configHash, 'environment.json');
    const recorded = JSON.parse(readFileSync(path, 'utf8')) as { cpuFeatures: string[] };
    writeFileSync(
      path,
      JSON.stringify({
        ...recorded,
        cpuFeatures: [...recorded.cpuFeatures.slice(1), 'amx_tile', 'amx_new'],
        cpu: 'Other',
      }),
    );
    await recordAgain(made, configHash);
    const { exitCode, json } = await reproduced(made, configHash);
    expect([exitCode, driftFields(json)]).toEqual([4, ['environment.cpu', 'environment.cpuFeatures']]);
    expect(json.stages.map(({ sameInputs }) => sameInputs)).toEqual([false, false]);
    const { stdout } = await made.retrial('reproduce', configHash);
    expect(stdout).toContain('environment.cpuFeatures changed since then: now without amx_tile, amx_new, and with ');
    const [listed] = JSON.parse((await made.retrial('runs', '--json')).stdout);
    expect(listed.nondeterministic ?? []).toEqual([]);
  });
});
