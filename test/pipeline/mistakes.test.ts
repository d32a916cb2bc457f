/** Every mistake in pipeline.yaml and params: what is said, whole. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { formatDiagnostics } from '../../src/logging/diagnostics.ts';
import { loadPipeline } from '../../src/pipeline/load.ts';

const params = `model:
  name: cfgan
  learning_rate: 1.0e-3
  hidden: 128
  threshold: 0.0
list: [1, 2]
seed: 1
`;

async function mistakes(
  pipeline: string,
  options: { set?: string[]; overlay?: string; params?: string } = {},
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-pipeline-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
  writeFileSync(join(folder, 'params.yaml'), options.params ?? params);
  if (options.overlay !== undefined) writeFileSync(join(folder, 'overlay.yaml'), options.overlay);
  try {
    await loadPipeline({
      file: join(folder, 'pipeline.yaml'),
      set: options.set ?? [],
      overlays: options.overlay === undefined ? [] : [join(folder, 'overlay.yaml')],
    });
  } catch (error) {
    if (error instanceof UserError) return formatDiagnostics(error.diagnostics, { color: false, cwd: folder });
    throw error;
  }
  return 'no mistake';
}

const stage = (lines: string) => `version: 1\nparams: params.yaml\nstages:\n  a:\n${lines.replace(/^/gm, '    ')}\n`;
const fine = stage('cmd: echo ${params.seed} > ${outs.out}\nouts: { out: out.txt }');

test('a pipeline without a mistake', async () => {
  expect(await mistakes(fine)).toBe('no mistake');
});

test('all of a file at once', async () => {
  expect(
    await mistakes(`version: 2
params: params.yaml
stages:
  a:
    comand: x
    holdout: maybe
  "b c":
    cmd: x
`),
  ).toMatchInlineSnapshot(`
    "pipeline.yaml:1:10 error: version must be 1
      1 | version: 2
        |          ^
    pipeline.yaml:4:3 error: stages.a needs the key "cmd"
      3 | stages:
      4 |   a:
        |   ^
    pipeline.yaml:5:5 error: stages.a: unknown key "comand"
      4 |   a:
      5 |     comand: x
        |     ^^^^^^
    pipeline.yaml:6:14 error: stages.a.holdout must be true or false, not a text
      5 |     comand: x
      6 |     holdout: maybe
        |              ^^^^^
    pipeline.yaml:7:3 error: "b c" cannot be a name
      6 |     holdout: maybe
      7 |   "b c":
        |   ^^^^^
      → names consist of letters, digits, _ and -"
  `);
});

test('references to stages, outputs, params and names that are not there', async () => {
  expect(
    await mistakes(`version: 1
params: params.yaml
stages:
  download: { cmd: "x > \${outs.rating}", outs: { ratings: ratings.tsv } }
  train:
    cmd: x \${deps.trian} \${params.model.lerning_rate} \${download.ratings} "\${params.seed}" \${seed
    deps: { train: "\${downlod.ratings}", other: "\${download.rating}" }
    params: [modle]
    metrics: { scores: { path: s.json, comparable_by: [tuth, params.seed] } }
`),
  ).toMatchInlineSnapshot(`
    "pipeline.yaml:4:25 error: download: the command uses \${outs.rating}, which is not declared
      3 | stages:
      4 |   download: { cmd: "x > \${outs.rating}", outs: { ratings: ratings.tsv } }
        |                         ^^^^^^^^^^^^^^
      → did you mean ratings?
    pipeline.yaml:6:12 error: train: the command uses \${deps.trian}, which is not declared
      5 |   train:
      6 |     cmd: x \${deps.trian} \${params.model.lerning_rate} \${download.ratings} "\${params.seed}" \${seed
        |            ^^^^^^^^^^^^^
      → did you mean train?
    pipeline.yaml:6:26 error: train: unknown param "model.lerning_rate"
      5 |   train:
      6 |     cmd: x \${deps.trian} \${params.model.lerning_rate} \${download.ratings} "\${params.seed}" \${seed
        |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      → did you mean model.learning_rate?
    pipeline.yaml:6:55 error: train: \${download.ratings} means nothing in a command
      5 |   train:
      6 |     cmd: x \${deps.trian} \${params.model.lerning_rate} \${download.ratings} "\${params.seed}" \${seed
        |                                                       ^^^^^^^^^^^^^^^^^^^
      → what another stage writes is declared: deps: { NAME: "\${download.ratings}" }, and used as \${deps.NAME}
    pipeline.yaml:6:76 error: train: a reference cannot stand inside quotes
      5 |   train:
      6 |     cmd: x \${deps.trian} \${params.model.lerning_rate} \${download.ratings} "\${params.seed}" \${seed
        |                                                                            ^^^^^^^^^^^^^^
      → leave the quotes out: each value is quoted for the shell
    pipeline.yaml:6:92 error: train: this \${ has no }
      5 |   train:
      6 |     cmd: x \${deps.trian} \${params.model.lerning_rate} \${download.ratings} "\${params.seed}" \${seed
        |                                                                                            ^^^^^^
      → write \\\${ for a literal \${
    pipeline.yaml:7:20 error: train: there is no stage "downlod"
      6 |     cmd: x \${deps.trian} \${params.model.lerning_rate} \${download.ratings} "\${params.seed}" \${seed
      7 |     deps: { train: "\${downlod.ratings}", other: "\${download.rating}" }
        |                    ^^^^^^^^^^^^^^^^^^^^
      → did you mean download?
    pipeline.yaml:7:49 error: train: stage download has no output "rating"
      6 |     cmd: x \${deps.trian} \${params.model.lerning_rate} \${download.ratings} "\${params.seed}" \${seed
      7 |     deps: { train: "\${downlod.ratings}", other: "\${download.rating}" }
        |                                                 ^^^^^^^^^^^^^^^^^^^^
      → did you mean ratings?
    pipeline.yaml:8:14 error: train: unknown param "modle"
      7 |     deps: { train: "\${downlod.ratings}", other: "\${download.rating}" }
      8 |     params: [modle]
        |              ^^^^^
      → did you mean model?
    pipeline.yaml:9:56 error: train: comparable_by: tuth is no dependency or param of the stage
      8 |     params: [modle]
      9 |     metrics: { scores: { path: s.json, comparable_by: [tuth, params.seed] } }
        |                                                        ^^^^
      → there is: train, other, params.model.lerning_rate, params.modle, params.seed"
  `);
});

test.each([
  ['outs: { a: /abs }'],
  ['outs: { a: ../up }'],
  ['outs: { a: x/../../up }'],
  ['outs: { a: x, b: x/y }'],
  ['outs: [x, ./x]'],
])('outputs that leave their folder or overlap: %s', async (outs) => {
  expect(await mistakes(stage(`cmd: x\n${outs}`))).toMatchSnapshot();
});

test.each([
  ['timeout: 1 hour'],
  ['resources: { memory: lots }'],
  ['resources: { cpus: 0 }'],
  ['resources: { mutex: 1 }'],
  ['resources: { mutex: [db, ../db] }'],
  ['retries: -1'],
  ['cmd: [1]'],
])('quantities and types: %s', async (line) => {
  expect(await mistakes(stage(line.startsWith('cmd') ? line : `cmd: x\n${line}`))).toMatchSnapshot();
});

test('names with a meaning of their own', async () => {
  expect(await mistakes('version: 1\nstages:\n  deps: { cmd: x }\n')).toMatchInlineSnapshot(`
    "pipeline.yaml:3:3 error: deps: a stage cannot have this name, which means something else
      2 | stages:
      3 |   deps: { cmd: x }
        |   ^^^^"
  `);
});

describe('YAML', () => {
  test.each([
    ['a duplicate key', 'version: 1\nversion: 1\nstages: { a: { cmd: x } }\n'],
    ['__proto__', 'version: 1\nstages: { a: { cmd: x, __proto__: { x: 1 } } }\n'],
    ['a syntax error, once', 'version: 1\nstages: { a: { cmd: x\n  b: [\n'],
    ['an empty file', ''],
    ['a list', '- 1\n'],
  ])('%s', async (_what, text) => {
    expect(await mistakes(text)).toMatchSnapshot();
  });

  test('aliases that grow without bound', async () => {
    const rows = Array.from(
      { length: 9 },
      (_, i) =>
        `${String.fromCharCode(98 + i)}: &${String.fromCharCode(98 + i)} [${Array(9)
          .fill(`*${String.fromCharCode(97 + i)}`)
          .join(', ')}]`,
    );
    expect(await mistakes(`a: &a [1]\n${rows.join('\n')}\nversion: 1\n`)).toContain(
      'aliases (*name) are used more than 100 times over',
    );
  });
});

describe('params', () => {
  test('an overlay with unknown keys and other types', async () => {
    expect(
      await mistakes(fine, { overlay: 'model:\n  lerning_rate: 1\n  hidden: 1.5\n  threshold: 1\nlist: 3\nsed: 2\n' }),
    ).toMatchInlineSnapshot(`
      "overlay.yaml:2:3 error: unknown param "model.lerning_rate"
        1 | model:
        2 |   lerning_rate: 1
          |   ^^^^^^^^^^^^
        → did you mean model.learning_rate?
      overlay.yaml:3:11 error: model.hidden must be an integer, not a number (1.5)
        2 |   lerning_rate: 1
        3 |   hidden: 1.5
          |           ^^^
      overlay.yaml:5:7 error: list must be a list, not an integer (3)
        4 |   threshold: 1
        5 | list: 3
          |       ^
      overlay.yaml:6:1 error: unknown param "sed"
        5 | list: 3
        6 | sed: 2
          | ^^^
        → did you mean seed?"
    `);
  });

  test.each([
    ['model.hiden=2'],
    ['seed=abc'],
    ['seed'],
    ['seed=[1'],
    ['seed=9007199254740993'],
    ['model.learning_rate=.nan'],
    ['model=3'],
  ])('--set %s', async (set) => {
    expect(await mistakes(fine, { set: [set] })).toMatchSnapshot();
  });

  test.each([['model.learning_rate=1'], ['seed=2'], ['list=[3]'], ['model.name=']])('--set %s is fine', async (set) => {
    expect(await mistakes(fine, { set: [set] })).toBe('no mistake');
  });

  test('null needs a type', async () => {
    expect(await mistakes(stage('cmd: x'), { params: 'path: null\n' })).toMatchInlineSnapshot(`
      "params.yaml:1:7 error: path is null, and its type is not known
        1 | path: null
          |       ^^^^
        → say it at the top: $types: { path: string }, or integer, number, string, boolean, list, file"
    `);
    expect(await mistakes(stage('cmd: x'), { params: '$types: { path: string }\npath: null\n', set: ['path=a'] })).toBe(
      'no mistake',
    );
  });
});
