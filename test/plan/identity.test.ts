/** What is in the names of things. A golden value that changes orphans every result recorded so far. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ContentHash } from '../../src/hash.ts';
import { loadPipeline } from '../../src/pipeline/load.ts';
import type { Pipeline, Stage } from '../../src/pipeline/types.ts';
import { configHashOf } from '../../src/plan/config-hash.ts';
import {
  fingerprintChanges,
  fingerprintOf,
  hashFingerprint,
  type StageSurroundings,
} from '../../src/plan/fingerprint.ts';
import { seesHoldout, stagesInOrder } from '../../src/plan/graph.ts';

const text = `version: 1
params: params.yaml
stages:
  make:
    cmd: make.sh \${params.n} > \${outs.numbers}
    outs: { numbers: numbers.txt }
  sum:
    cmd: [sum.py, "\${deps.numbers}"]
    deps: { numbers: "\${make.numbers}", extra: data/extra.csv }
    params: [model]
    metrics: { scores: { path: scores.json, goal: maximize, comparable_by: [extra] } }
    holdout: true
  page: { cmd: page.py, deps: { scores: "\${sum.scores}" }, outs: { page: page.html } }
`;
const paramsText = 'n: 3\nmodel: { rate: 1.0e-3, size: 4 }\nunused: 1\n';

async function load(pipeline = text, params = paramsText, set: string[] = []): Promise<Pipeline> {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-plan-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
  writeFileSync(join(folder, 'params.yaml'), params);
  return loadPipeline({ file: join(folder, 'pipeline.yaml'), set });
}

const surroundings: StageSurroundings = {
  env: {},
  code: { 'sum.py': 'c0de' as ContentHash },
  packages: {},
  runtime: { python: '3' },
};

async function fingerprint(pipeline: Pipeline, more: Partial<StageSurroundings> = {}, numbers = 'aa') {
  const stage = pipeline.stages.get('sum') as Stage;
  return fingerprintOf(
    stage,
    pipeline.params,
    { numbers: numbers as ContentHash, extra: 'bb' as ContentHash },
    { ...surroundings, ...more },
    'this-run',
  );
}

test('golden config hash', async () => {
  expect(configHashOf(await load())).toMatchInlineSnapshot(
    `"0b352bbc7782f34a07fcbac19621396b7e1ce4455a2c3f28b230cd0325e3fb6a"`,
  );
});

test('golden fingerprint', async () => {
  expect(hashFingerprint(await fingerprint(await load()))).toMatchInlineSnapshot(
    `"8e2086286514e47f1b2d0317dfb58f8c5bd867529e777105dc6497ecc114c5bf"`,
  );
});

test.each([
  ['comments and order', `# comment\n${text}`, 'model: { size: 4, rate: 0.001 }\nn: 3\nunused: 1\n'],
  ['a param that no stage names', text, paramsText.replace('unused: 1', 'unused: 2')],
  [
    'desc, resources, timeout, retries',
    text.replace(
      '    holdout: true',
      '    holdout: true\n    desc: x\n    timeout: 1h\n    retries: 2\n    resources: { cpus: 2 }',
    ),
    paramsText,
  ],
])('the config hash does not hold %s', async (_what, pipeline, params) => {
  expect(configHashOf(await load(pipeline, params))).toBe(configHashOf(await load()));
});

test.each([
  ['a value', text, paramsText.replace('size: 4', 'size: 5')],
  ['the command', text.replace('make.sh', 'make2.sh'), paramsText],
  ['wiring', text.replace('data/extra.csv', 'data/other.csv'), paramsText],
  ['outputs', text.replace('numbers.txt', 'n.txt'), paramsText],
  ['metrics', text.replace('maximize', 'minimize'), paramsText],
])('the config hash holds %s', async (_what, pipeline, params) => {
  expect(configHashOf(await load(pipeline, params))).not.toBe(configHashOf(await load()));
});

test.each<[string, (pipeline: Pipeline) => ReturnType<typeof fingerprint>, string]>([
  ['code', (p) => fingerprint(p, { code: { 'sum.py': 'dd' as ContentHash } }), 'code.sum.py'],
  ['packages', (p) => fingerprint(p, { packages: { 'x@1': 'sha' } }), 'packages.x@1'],
  ['runtime', (p) => fingerprint(p, { runtime: { python: '4' } }), 'runtime.python'],
  ['environment', (p) => fingerprint(p, { env: { A: '1' } }), 'env.A'],
  ['a dependency', (p) => fingerprint(p, {}, 'ee'), 'deps.numbers'],
])('the fingerprint holds %s, and the change is named', async (_what, change, field) => {
  const pipeline = await load();
  const [before, after] = [await fingerprint(pipeline), await change(pipeline)];
  expect(hashFingerprint(after)).not.toBe(hashFingerprint(before));
  expect(fingerprintChanges(before, after).map((changed) => changed.field)).toEqual([field]);
});

test('the fingerprint of a stage holds only the params it names', async () => {
  const before = hashFingerprint(await fingerprint(await load()));
  expect(hashFingerprint(await fingerprint(await load(text, paramsText, ['n=9'])))).toBe(before);
  expect(hashFingerprint(await fingerprint(await load(text, paramsText, ['model.size=9'])))).not.toBe(before);
});

test('order, cycles, and who sees held-out data', async () => {
  const pipeline = await load();
  expect(stagesInOrder(pipeline, ['sum']).map(({ name }) => name)).toEqual(['make', 'sum']);
  expect(['make', 'sum', 'page'].map((name) => seesHoldout(pipeline, name))).toEqual([false, true, true]);
  expect(() => stagesInOrder(pipeline, ['sums'])).toThrow('there is no stage "sums"');
  const cyclic = await load(
    'version: 1\nstages:\n  a: { cmd: x, deps: ["${b.o}"], outs: { o: o } }\n  b: { cmd: x, deps: ["${a.o}"], outs: { o: o } }\n',
  );
  expect(() => stagesInOrder(cyclic)).toThrow('stages depend on each other in a circle: a → b → a');
});
