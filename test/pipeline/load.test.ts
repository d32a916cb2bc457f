/** pipeline.yaml → Pipeline: what each way of writing means. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { formatDiagnostics } from '../../src/logging/diagnostics.ts';
import { findPipeline } from '../../src/pipeline/find-pipeline.ts';
import { type LoadOptions, loadPipeline } from '../../src/pipeline/load.ts';
import { parseYaml } from '../../src/pipeline/yaml-file.ts';
import { mutated } from './mutated.ts';

const shipped = join(import.meta.dirname, '..', '..', 'pipeline.yaml');

/** A folder with these files, removed after the test. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'retrial-load-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const load = (folder: string, options: Omit<LoadOptions, 'file'> = {}) =>
  loadPipeline({ file: join(folder, 'pipeline.yaml'), ...options });

async function mistakes(folder: string, options: Omit<LoadOptions, 'file'> = {}): Promise<string> {
  try {
    await load(folder, options);
    return 'no mistake';
  } catch (error) {
    if (error instanceof UserError) return formatDiagnostics(error.diagnostics, { color: false, cwd: folder });
    throw error;
  }
}

async function stageOf(text: string, params?: string) {
  const folder = project({
    'pipeline.yaml': `version: 1\n${params === undefined ? '' : 'params: p.yaml\n'}stages:\n  a: ${text}\n`,
    ...(params === undefined ? {} : { 'p.yaml': params }),
  });
  const stage = (await load(folder)).stages.get('a');
  if (stage === undefined) throw new Error('there is no stage a');
  return stage;
}

test('the shipped pipeline', async () => {
  const { stages, sources, warnings } = await loadPipeline({ file: shipped });
  expect([...stages.keys()]).toEqual(['download', 'preprocess', 'train', 'validate', 'evaluate', 'report']);
  expect(stages.get('train')?.series.d_accuracy?.reference).toEqual({ value: 0.5, label: 'chance' });
  expect(Object.keys(stages.get('train')?.deps ?? {})).not.toContain('test');
  expect([...stages.values()].filter(({ holdout }) => holdout).map(({ name }) => name)).toEqual(['evaluate']);
  expect(sources.map(({ path }) => path)).toEqual(['pipeline.yaml', 'configs/default.yaml']);
  expect(warnings).toEqual([]);
});

describe('a stage', () => {
  test('of a command alone: every default filled in', async () => {
    const { place, ...rest } = await stageOf('{ cmd: echo }');
    expect(place).toMatchObject({ line: 3, column: 3 });
    expect(rest).toEqual({
      ...{ name: 'a', cmd: { kind: 'shell', line: ['echo'] }, deps: {}, params: [], outs: {}, series: {} },
      ...{ holdout: false, always: false, env: [], code: [], runtime: {}, resources: { cpus: 1 }, retries: 0 },
    });
  });

  test('lists: a path is its own name', async () => {
    const stage = await stageOf(
      '{ cmd: [cp, "${deps.in/x.csv}", "${outs.model.pkl}"], deps: [in/x.csv], outs: [model.pkl, logs/] }',
    );
    expect(stage.cmd).toEqual({
      kind: 'argv',
      args: [['cp'], [{ kind: 'dep', name: 'in/x.csv' }], [{ kind: 'out', name: 'model.pkl' }]],
    });
    expect(stage.deps['in/x.csv']).toMatchObject({ kind: 'path', path: 'in/x.csv' });
    expect(stage.outs).toEqual({ 'model.pkl': { path: 'model.pkl' }, logs: { path: 'logs/' } });
  });

  test('params in the command count as named', async () => {
    const stage = await stageOf(
      '{ cmd: "x ${params.m.rate} ${ params.seed }", params: [seed] }',
      'm: { rate: 1 }\nseed: 1\n',
    );
    expect(stage.params).toEqual(['m.rate', 'seed']);
  });

  test('metrics, short and in full', async () => {
    const stage = await stageOf(`
    cmd: x
    deps: [truth.csv]
    metrics:
      short: s.json
      full: { path: f.json, units: u.csv, goal: maximize, comparable_by: [truth.csv] }
      by_name: { path: n.json, goal: { loss: minimize, "*": maximize } }`);
    expect(stage.outs).toEqual({
      short: { path: 's.json', metrics: { goal: {}, comparableBy: [] } },
      full: { path: 'f.json', metrics: { goal: { '*': 'maximize' }, comparableBy: ['truth.csv'], units: 'u.csv' } },
      'full.units': { path: 'u.csv' },
      by_name: { path: 'n.json', metrics: { goal: { loss: 'minimize', '*': 'maximize' }, comparableBy: [] } },
    });
  });

  test.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['1.5 h', 5_400_000],
    ['24d', 2_073_600_000],
  ])('a timeout of %s', async (timeout, timeoutMs) => {
    expect(await stageOf(`{ cmd: x, timeout: ${timeout} }`)).toMatchObject({ timeoutMs });
  });

  test.each([
    ['2GiB', 2 ** 31],
    ['500 MB', 5e8],
    ['1.5KiB', 1536],
  ])('memory of %s', async (memory, memoryBytes) => {
    expect((await stageOf(`{ cmd: x, resources: { memory: ${memory} } }`)).resources).toEqual({ cpus: 1, memoryBytes });
  });

  test.each([
    ['db', ['db']],
    ['[net, db, net]', ['db', 'net']],
  ])('a mutex %s', async (written, mutex) => {
    expect((await stageOf(`{ cmd: x, resources: { mutex: ${written} } }`)).resources).toEqual({ cpus: 1, mutex });
  });

  test.each(['0s', '1.2.3s', '30', '1h30m', '25d'])('no timeout is %s', async (timeout) => {
    const folder = project({ 'pipeline.yaml': `version: 1\nstages:\n  a: { cmd: x, timeout: "${timeout}" }\n` });
    expect(await mistakes(folder)).toMatch(/^pipeline.yaml:3:25 error: .*(not understood|too long)/);
  });
});

test('names of JavaScript are names like others', async () => {
  const folder = project({
    'pipeline.yaml': `version: 1
stages:
  toString: { cmd: "x > \${outs.valueOf}", outs: { valueOf: a }, deps: [hasOwnProperty] }
  b: { cmd: "x \${deps.toString}", deps: { q: "\${toString.isPrototypeOf}" } }
`,
  });
  expect(
    await mistakes(folder),
  ).toBe(`pipeline.yaml:4:16 error: b: the command uses \${deps.toString}, which is not declared
  3 |   toString: { cmd: "x > \${outs.valueOf}", outs: { valueOf: a }, deps: [hasOwnProperty] }
  4 |   b: { cmd: "x \${deps.toString}", deps: { q: "\${toString.isPrototypeOf}" } }
    |                ^^^^^^^^^^^^^^^^
  → there is: q
pipeline.yaml:4:46 error: b: stage toString has no output "isPrototypeOf"
  3 |   toString: { cmd: "x > \${outs.valueOf}", outs: { valueOf: a }, deps: [hasOwnProperty] }
  4 |   b: { cmd: "x \${deps.toString}", deps: { q: "\${toString.isPrototypeOf}" } }
    |                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  → there is: valueOf`);
});

test('a mistake of form hides none of meaning, in the file, its params and the command line', async () => {
  const folder = project({
    'pipeline.yaml': `version: 1
params: p.yaml
stages:
  a: { cmd: x, outz: [] }
  b: { cmd: "\${params.sed}", deps: { x: "\${a.anything}", y: "\${c.z}" } }
`,
    'p.yaml': 'seed: 1\nrate: 1.0\n',
    'o.yaml': 'rat: 2\n',
  });
  const said = await mistakes(folder, {
    overlays: [join(folder, 'o.yaml'), join(folder, 'none.yaml')],
    set: ['seed=x'],
  });
  expect(
    said
      .split('\n')
      .filter((line) => line.includes('error:'))
      .map((line) => line.replace(folder, '')),
  ).toEqual([
    'pipeline.yaml:4:16 error: stages.a: unknown key "outz"',
    'pipeline.yaml:5:14 error: b: unknown param "sed"',
    'pipeline.yaml:5:61 error: b: there is no stage "c"',
    'o.yaml:1:1 error: unknown param "rat"',
    '--set error: seed must be an integer, not a string ("x")',
    'error: /none.yaml does not exist',
  ]);
});

test('a command of several lines: the mistake is on its own line', async () => {
  const folder = project({
    'pipeline.yaml':
      'version: 1\nstages:\n  a:\n    cmd: |\n      echo\n      cat ${deps.x}\n  b: { cmd: "echo ${deps.y}" }\n',
  });
  expect((await mistakes(folder)).match(/^pipeline.*/gm)).toEqual([
    'pipeline.yaml:6:11 error: a: the command uses ${deps.x}, which is not declared',
    'pipeline.yaml:7:19 error: b: the command uses ${deps.y}, which is not declared',
  ]);
});

test('a params file that is not there is said where it is named', async () => {
  const folder = project({ 'pipeline.yaml': 'version: 1\nparams: none.yaml\nstages: { a: { cmd: x } }\n' });
  expect(await mistakes(folder)).toMatch(/^pipeline.yaml:2:9 error: .*none.yaml does not exist/);
});

test('the nearest pipeline.yaml upwards', () => {
  const folder = project({ 'pipeline.yaml': '' });
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  expect(findPipeline(join(folder, 'a/b'))).toBe(join(folder, 'pipeline.yaml'));
  expect(() => findPipeline('/')).toThrow(UserError);
});

test('whatever pipeline and params hold, the answer is a pipeline or mistakes with places', async () => {
  const folder = project({});
  const pipeline = parseYaml('pipeline.yaml', readFileSync(shipped, 'utf8')).value;
  const declared = {
    data: {},
    split: { seed: 1 },
    model: { name: 'a', rate: 0.5 },
    seed: 1,
    evaluate: { protocol: 'x' },
    list: [1, 2],
  };
  const commands = [
    'x ${params.model.name}',
    '${deps.train} ${outs.model}',
    '${deps.all} ${item.p}',
    '"${params.seed}"',
    '${train.x}',
    '\\${',
    '${',
  ];
  const stages = {
    part: { foreach: [1, 'x'], cmd: 'x ${item}', outs: { o: 'o${item}' } },
    all: {
      ...{ matrix: { p: [1, 'x'], q: '${params.list}' }, cwd: 'x', always: true },
      ...{
        cmd: 'tsx stages/train.ts',
        deps: { train: '${part@${item.p}.o}', all: '${part@*.o}' },
        outs: { model: 'm' },
      },
    },
  };
  const listing = { version: 1, params: 'configs/default.yaml', aliases: { sead: 'seed' }, stages };
  const either = fc.oneof(mutated(pipeline), mutated(listing));
  const count = { loaded: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(either, mutated(declared), fc.constantFrom(...commands), async (value, params, cmd) => {
      const text = JSON.stringify(value).replace('tsx stages/train.ts', () => JSON.stringify(cmd).slice(1, -1));
      writeFileSync(join(folder, 'pipeline.yaml'), text.replace('configs/default.yaml', 'p.yaml'));
      writeFileSync(join(folder, 'p.yaml'), JSON.stringify(params));
      const said = await mistakes(folder, { set: ['seed=2'] });
      count[said === 'no mistake' ? 'loaded' : 'refused'] += 1;
      if (said !== 'no mistake') expect(said).toMatch(/^(pipeline.yaml|p.yaml):\d+:\d+ error: |^--set error: /);
    }),
    { numRuns: 400 },
  );
  expect(Math.min(count.loaded, count.refused)).toBeGreaterThan(5);
});
