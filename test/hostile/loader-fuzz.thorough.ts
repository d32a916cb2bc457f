/** Whatever the files hold, loading them gives a pipeline or says what is wrong with them: nothing else is thrown. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { UserError } from '../../src/errors.ts';
import { loadPipeline } from '../../src/pipeline/load.ts';
import { configHashOf } from '../../src/plan/config-hash.ts';
import { stagesInOrder } from '../../src/plan/graph.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { mutated } from '../pipeline/mutated.ts';

const root = join(import.meta.dirname, '..', '..');
const shipped = readFileSync(join(root, 'pipeline.yaml'), 'utf8');
const shippedParams = readFileSync(join(root, parse(shipped).params as string), 'utf8');

/** Uses what the shipped one does not. */
const rich = `version: 1
params: params.yaml
aliases: { old: learn.rate }
stages:
  fold:
    matrix: { fold: "\${params.folds}", kind: [x, y] }
    do:
      cmd: 'sh make.sh \${params.learn.rate} \${item.fold} \${outs.made}'
      cwd: code
      outs: { made: made.txt }
      timeout: 30m
      retries: 2
  all:
    cmd: [python3, all.py, "\${deps.made}", "\${outs.scores}"]
    deps: { made: "\${fold@*.made}", data: data.csv }
    params: [learn]
    env: [LANG]
    runtime: { python: "python3 --version" }
    metrics: { scores: { path: scores.json, goal: { loss: minimize }, comparable_by: [data], units: units.txt } }
    series: { loss: { goal: minimize, summary: best } }
    resources: { cpus: 2, memory: 1GiB }
    holdout: true
    always: true
`;
const richParams =
  'folds: [1, 2]\nlearn: { rate: 0.1, "on": true }\nnames: [a]\nopen: {}\n$types: { data: file }\ndata: ~\n';

interface Files {
  readonly pipeline: string | Uint8Array;
  readonly params: string | Uint8Array;
  readonly overlay: string | Uint8Array;
  readonly set: readonly string[];
}

const folder = temporaryFolder();

/** What is wrong with them, in words that say where; nothing where they are taken. */
async function mistakes({ pipeline, params, overlay, set }: Files): Promise<string[]> {
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
  writeFileSync(join(folder, 'params.yaml'), params);
  writeFileSync(join(folder, 'over.yaml'), overlay);
  try {
    const loaded = await loadPipeline({
      ...{ file: join(folder, 'pipeline.yaml'), overlays: [join(folder, 'over.yaml')], set },
    });
    stagesInOrder(loaded);
    expect(configHashOf(loaded)).toMatch(/^[0-9a-f]{64}$/);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.diagnostics).not.toHaveLength(0);
    for (const { message, place } of error.diagnostics) {
      expect(message).toMatch(/\S/);
      if (place !== undefined) expect(Math.min(place.line, place.column)).toBeGreaterThan(0);
    }
    return error.diagnostics.map(({ message }) => message);
  }
}

const pieces = [
  ...[
    '${',
    '}',
    '${params.',
    '${outs.x}',
    '${a@*.b}',
    '@',
    '.',
    '*x',
    '&x ',
    '!!int ',
    '"',
    "'",
    '|\n',
    '>-\n',
    '- ',
    ': ',
  ],
  ...[
    '? ',
    '{',
    '}',
    '[',
    ']',
    '#',
    '\n',
    '  ',
    '\t',
    '\0',
    '\ufeff',
    '\u2028',
    '😀',
    '\ud800',
    '\x1b[2J',
    '--- ',
    '%YAML 1.1\n',
  ],
  ...[
    '~',
    'null',
    '.nan',
    '-0',
    '1e999',
    '0x1F',
    '1:30',
    'yes',
    '__proto__',
    'constructor',
    '../',
    '/etc/passwd',
    '<<',
  ],
];

/** The text with a few parts cut out, doubled, or replaced by what may have a meaning there. */
function garbled(text: string): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat({ max: text.length }),
    cut: fc.nat({ max: 12 }),
    piece: fc.oneof(
      fc.constantFrom(...pieces),
      fc.nat({ max: text.length }).map((from) => text.slice(from, from + 30)),
    ),
  });
  return fc
    .array(change, { maxLength: 3 })
    .map((changes) =>
      changes.reduce((now, { at, cut, piece }) => now.slice(0, at) + piece + now.slice(at + cut), text),
    );
}

/** The value with parts replaced, renamed or left out, written as YAML again. */
function altered(text: string): fc.Arbitrary<string> {
  return mutated(parse(text)).map((value) => stringify(value));
}

const bytes = fc.uint8Array({ maxLength: 200 });
const either = (text: string) => fc.oneof(garbled(text), altered(text));
const plain = (pipeline: string, params: string, overlay: string): Files => ({ pipeline, params, overlay, set: [] });

test('what was not changed is taken', async () => {
  expect(await mistakes(plain(rich, richParams, ''))).toEqual([]);
  expect(await mistakes(plain(shipped.replace(/^params: .*$/m, 'params: params.yaml'), shippedParams, ''))).toEqual([]);
});

test('changed pipelines, params, overlays and settings', async () => {
  const own = shipped.replace(/^params: .*$/m, 'params: params.yaml');
  const files = fc.oneof(
    fc.record({
      pipeline: either(rich),
      params: either(richParams),
      overlay: altered(richParams),
      set: settings(richParams),
    }),
    fc.record({
      pipeline: either(rich),
      params: fc.constant(richParams),
      overlay: fc.constant(''),
      set: fc.constant([]),
    }),
    fc.record({
      pipeline: either(own),
      params: either(shippedParams),
      overlay: fc.constant(''),
      set: settings(shippedParams),
    }),
  );
  const seen = { taken: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(files, async (some) => {
      seen[(await mistakes(some)).length === 0 ? 'taken' : 'refused'] += 1;
    }),
    { numRuns: 150 },
  );
  expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(5);
});

test('any bytes in any of the files', async () => {
  const files = fc.oneof(
    bytes.map((pipeline) => ({ ...plain('', richParams, ''), pipeline })),
    bytes.map((params) => ({ ...plain(rich, '', ''), params })),
    bytes.map((overlay) => ({ ...plain(rich, richParams, ''), overlay })),
  );
  await fc.assert(
    fc.asyncProperty(files, async (some) => {
      await mistakes(some);
    }),
    { numRuns: 100 },
  );
});

function settings(text: string): fc.Arbitrary<string[]> {
  const names = fc.constantFrom(
    ...Object.keys(parse(text) as object),
    'learn.rate',
    'open.x',
    'old',
    '',
    '.',
    '__proto__',
  );
  const value = fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 10 }), fc.json());
  return fc.array(
    fc.tuple(names, value).map(([name, one]) => `${name}=${one}`),
    { maxLength: 2 },
  );
}
