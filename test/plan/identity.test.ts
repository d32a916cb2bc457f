/** What is in the names of things. A golden value that changes orphans every result recorded so far. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ContentHash } from '../../src/hash.ts';
import { loadPipeline } from '../../src/pipeline/load.ts';
import type { Pipeline, Stage } from '../../src/pipeline/types.ts';
import { configHashOf } from '../../src/plan/config-hash.ts';
import {
  type DependencyHashes,
  type Fingerprint,
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

/** Everything that may be in a key is used. */
const fullText = `version: 1
params: params.yaml
aliases: { former: unused }
stages:
  part:
    foreach: [1, 2]
    cmd: part.sh \${item} > \${outs.part}
    outs: { part: part.txt }
  sum:
    matrix: { fold: [1, 2] }
    cmd: [sum.py, "\${deps.parts}", "\${item.fold}"]
    deps: { parts: "\${part@*.part}", extra: data/extra.csv }
    params: [model]
    outs: { sum: sum.txt }
    metrics: { scores: { path: scores.json, goal: maximize, comparable_by: [extra] } }
    env: [LANGUAGE]
    code: [sum.py]
    runtime: { python: python3 -VV }
    cwd: sub
    always: true
`;

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

interface Given {
  readonly stage?: string;
  readonly deps?: DependencyHashes;
  readonly surroundings?: Partial<StageSurroundings>;
  readonly nonce?: string;
}

const plainDeps = { numbers: 'aa' as ContentHash, extra: 'bb' as ContentHash };
const fullDeps = { parts: { 'part@1': 'aa', 'part@2': 'ab' }, extra: 'bb' } as unknown as DependencyHashes;

function fingerprint(pipeline: Pipeline, { stage = 'sum', deps = plainDeps, nonce = 'this-run', ...more }: Given = {}) {
  const given = { ...surroundings, ...more.surroundings };
  return fingerprintOf(pipeline.stages.get(stage) as Stage, pipeline.params, deps, given, nonce);
}

const full = (pipeline: Pipeline, given: Given = {}) =>
  fingerprint(pipeline, { stage: 'sum@1', deps: fullDeps, ...given });

describe('golden values', () => {
  test('the config hash', async () => {
    expect(configHashOf(await load())).toMatchInlineSnapshot(
      `"0b352bbc7782f34a07fcbac19621396b7e1ce4455a2c3f28b230cd0325e3fb6a"`,
    );
  });

  test('the fingerprint', async () => {
    expect(hashFingerprint(fingerprint(await load()))).toMatchInlineSnapshot(
      `"8e2086286514e47f1b2d0317dfb58f8c5bd867529e777105dc6497ecc114c5bf"`,
    );
  });

  test('the config hash with all that the language knows', async () => {
    expect(configHashOf(await load(fullText))).toMatchInlineSnapshot(
      `"7a92098935dfa3a6c07d79b56b79cc2568c38268e4e83891de4a67f87bbb8bee"`,
    );
  });

  test('the fingerprint with all that it may hold', async () => {
    expect(hashFingerprint(full(await load(fullText)))).toMatchInlineSnapshot(
      `"4ab1e2f197a02c861ff2684c3dafee125b0e7946c69d76d69b130aa3188a197f"`,
    );
  });
});

/** The full pipeline with one more line in `sum`. */
function add(line: string): string {
  return fullText.replace('    always: true\n', `    always: true\n    ${line}\n`);
}

/** Two reorderings and everything that is for people or for the machine: in neither name. */
const notIdentifying: [what: string, pipeline: string, params: string][] = [
  ['comments', `# comment\n${fullText}`, `# comment\n${paramsText}`],
  ['the order of keys', fullText, 'model: { size: 4, rate: 0.001 }\nn: 3\nunused: 1\n'],
  ['the order of stages', swappedStages(fullText), paramsText],
  ['a param that no stage names', fullText, paramsText.replace('unused: 1', 'unused: 2')],
  ['aliases', fullText.replace(/aliases: .*\n/, ''), paramsText],
  ['desc', add('desc: x'), paramsText],
  ['resources other than cpus', add('resources: { memory: 1GiB, time: 1h, gpus: 1, mutex: db }'), paramsText],
  ['timeout', add('timeout: 1h'), paramsText],
  ['retries', add('retries: 2'), paramsText],
  ['series', add('series: { loss: { desc: x, goal: minimize, summary: best } }'), paramsText],
];

function swappedStages(pipeline: string): string {
  const [head = '', part = '', sum = ''] = pipeline.split(/(?=^ {2}\w+:$)/m);
  return `${head}${sum}${part}`;
}

/** What of a change is said in a test: another pipeline, other params, or what was read otherwise. */
interface Change {
  readonly text?: readonly [from: string, to: string];
  readonly params?: readonly [from: string, to: string];
  readonly given?: Given;
  /** Names of what differs in the two keys. */
  readonly fields: readonly string[];
}

/** One for each field: a new one without a line here does not compile. `fixed` is written in the code alone. */
const fingerprintFields: Record<keyof Fingerprint, Change | 'fixed'> = {
  version: 'fixed',
  protocol: 'fixed',
  command: { text: ['sum.py, "', 'mean.py, "'], fields: ['command.argv'] },
  params: { params: ['size: 4', 'size: 5'], fields: ['params.model.size'] },
  deps: {
    given: { deps: { ...fullDeps, parts: { ...(fullDeps.parts as object), 'part@2': 'ee' as ContentHash } } },
    fields: ['deps.parts.part@2'],
  },
  outs: { text: ['sum: sum.txt', 'sum: total.txt'], fields: ['outs.sum.path'] },
  cpus: { text: ['    cwd: sub', '    cwd: sub\n    resources: { cpus: 2 }'], fields: ['cpus'] },
  env: { given: { surroundings: { env: { LANGUAGE: 'C' } } }, fields: ['env.LANGUAGE'] },
  code: { given: { surroundings: { code: { 'sum.py': 'dd' as ContentHash } } }, fields: ['code.sum.py'] },
  packages: { given: { surroundings: { packages: { 'x@1': 'sha' } } }, fields: ['packages.x@1'] },
  runtime: { given: { surroundings: { runtime: { python: '4' } } }, fields: ['runtime.python'] },
  item: { given: { stage: 'sum@2' }, fields: ['item.fold'] },
  order: { text: ['foreach: [1, 2]', 'foreach: [2, 1]'], fields: ['order.parts'] },
  cwd: { text: ['cwd: sub', 'cwd: sub/dir'], fields: ['cwd'] },
  always: { given: { nonce: 'another-run' }, fields: ['always'] },
};

describe('the fingerprint', () => {
  const changing = Object.entries(fingerprintFields).filter((entry): entry is [string, Change] => entry[1] !== 'fixed');

  test.each(changing)('holds %s, and the change is named', async (_field, change) => {
    const before = full(await load(fullText));
    const after = full(await changed(change), change.given);
    expect(hashFingerprint(after)).not.toBe(hashFingerprint(before));
    expect(fingerprintChanges(before, after).map(({ field }) => field)).toEqual(change.fields);
  });

  test.each(notIdentifying)('does not hold %s', async (_what, pipeline, params) => {
    expect(hashFingerprint(full(await load(pipeline, params)))).toBe(hashFingerprint(full(await load(fullText))));
  });

  test('of a stage that uses none of the later fields has none of them', async () => {
    expect(Object.keys(fingerprint(await load()))).toEqual([
      ...['version', 'protocol', 'command', 'params', 'deps', 'outs', 'cpus'],
      ...['env', 'code', 'packages', 'runtime'],
    ]);
  });

  test('of a stage holds only the params it names', async () => {
    const before = hashFingerprint(fingerprint(await load()));
    expect(hashFingerprint(fingerprint(await load(text, paramsText, ['n=9'])))).toBe(before);
    expect(hashFingerprint(fingerprint(await load(text, paramsText, ['model.size=9'])))).not.toBe(before);
  });
});

/** One for each field of a stage: what it is to the config hash. A new one without a line here does not compile. */
const stageFields: Record<keyof Stage, readonly [from: string, to: string] | 'not in it' | 'made of others'> = {
  name: ['  sum:', '  total:'],
  group: 'made of others',
  place: 'made of others',
  item: ['fold: [1, 2]', 'fold: [1, 3]'],
  desc: 'not in it',
  cmd: ['sum.py, "', 'mean.py, "'],
  cwd: ['cwd: sub', 'cwd: sub/dir'],
  always: 'not in it',
  deps: ['data/extra.csv', 'data/other.csv'],
  params: ['params: [model]', 'params: [model, n]'],
  outs: ['goal: maximize', 'goal: minimize'],
  series: 'not in it',
  holdout: 'not in it',
  env: ['env: [LANGUAGE]', 'env: [LANG]'],
  code: 'not in it',
  runtime: 'not in it',
  resources: 'not in it',
  timeoutMs: 'not in it',
  retries: 'not in it',
};

describe('the config hash', () => {
  const changing = Object.entries(stageFields).filter((entry) => typeof entry[1] !== 'string');

  test.each(changing)('holds %s', async (_field, change) => {
    const pipeline = await changed({ text: change as readonly [string, string], fields: [] });
    expect(configHashOf(pipeline)).not.toBe(configHashOf(await load(fullText)));
  });

  test('holds the values of params that stages name', async () => {
    const before = configHashOf(await load(fullText));
    expect(configHashOf(await load(fullText, paramsText.replace('size: 4', 'size: 5')))).not.toBe(before);
  });

  test.each([
    ...notIdentifying,
    ['the number of threads', add('resources: { cpus: 2 }'), paramsText],
    ['holdout', add('holdout: true'), paramsText],
    ['always', fullText.replace('    always: true\n', ''), paramsText],
    ['code and runtime', fullText.replace(/ {4}(code|runtime): .*\n/g, ''), paramsText],
  ])('does not hold %s', async (_what, pipeline, params) => {
    expect(configHashOf(await load(pipeline, params))).toBe(configHashOf(await load(fullText)));
  });
});

async function changed({ text: replaced, params }: Change): Promise<Pipeline> {
  const swap = (whole: string, change?: readonly [string, string]) => {
    if (change !== undefined && !whole.includes(change[0])) throw new Error(`nothing to change: ${change[0]}`);
    return change === undefined ? whole : whole.replace(...change);
  };
  return await load(swap(fullText, replaced), swap(paramsText, params));
}

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

test('a target that has instances stands for all of them, each once', async () => {
  const names =
    (...targets: string[]) =>
    async () =>
      stagesInOrder(await load(fullText), targets).map(({ name }) => name);
  expect(await names('sum@2')()).toEqual(['part@1', 'part@2', 'sum@2']);
  expect(await names('part', 'part@2')()).toEqual(['part@1', 'part@2']);
  await expect(names('sum@3')()).rejects.toThrow('there is no stage "sum@3"');
});
