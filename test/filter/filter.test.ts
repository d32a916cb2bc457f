/** The language of filters: what is understood, what it means of a run, and what is said of a mistake. */
import { describe, expect, test } from 'vitest';
import { type Filter, isMistake, parseFilter } from '../../src/filter/filter.ts';
import type { FilterMistake } from '../../src/filter/mistake.ts';
import type { FilterRow } from '../../src/filter/row.ts';

const names = {
  params: ['model.loss', 'model.name', 'model.layers', 'model.batch-size', 'data.seed', 'flag', 'status', 'tags.kind'],
  metrics: ['evaluate.ndcg@10', 'evaluate.mrr@20', 'train.loss', 'train.g loss', 'flag'],
};
const run: FilterRow = {
  ...{ hash: `5f1c${'0'.repeat(60)}`, attempt: 2, status: 'complete', started: '2026-11-02T10:00:00.000Z', took: 90 },
  ...{ study: 'size', trial: 3, tags: ['paper', 'best of all'], note: 'it is a "try"', pinned: true },
  ...{ reproduced: 'identical', nondeterministic: [] },
  params: { 'model.loss': 'wgan', 'model.layers': [32, 16], 'model.batch-size': 64, 'data.seed': 7, flag: false },
  metrics: { 'evaluate.ndcg@10': 0.45, 'train.loss': null, 'train.g loss': -2 },
};

function filterOf(text: string): Filter {
  const found = parseFilter(text, names);
  if (isMistake(found)) throw new Error(mistakeLines(found, text).join('\n'));
  return found;
}
const holds = (text: string) => filterOf(text).test(run);

/** The mistake in words, the line it is in, carets under the wrong part, and what to do. */
function mistakeLines({ mistake, hint, line, column, length }: FilterMistake, text: string): string[] {
  const wrong = text.split('\n')[line - 1] ?? '';
  const carets = '^'.repeat(Math.max(1, Math.min(length, wrong.length - column + 1)));
  return [
    `column ${column}: ${mistake}`,
    `  ${wrong.replaceAll('\t', ' ')}`,
    `  ${' '.repeat(column - 1)}${carets}`,
    ...(hint === undefined ? [] : [`  → ${hint}`]),
  ];
}

function mistakeIn(text: string): string {
  const found = parseFilter(text, names);
  if (!isMistake(found)) throw new Error(`understood: ${text}`);
  return mistakeLines(found, text).join('\n');
}

test.each(
  [
    // names
    'metrics["evaluate.ndcg@10"] > .4 and params.model.loss = "wgan"',
    "metrics['ndcg@10'] > 4e-1",
    'ndcg@10 > .4 and name = null',
    'model.loss == "wgan"',
    'params.loss = "wgan" and metrics["train.loss"] = null',
    'params["model.batch-size"] = 64 and params["batch-size"] = 64',
    'metrics["train.g loss"] = -2',
    'params.flag = false and metrics.flag = null',
    'params.status = null and status = "complete"',
    'seed = 7 AND (seed > 100 OR NOT seed <> 7)',
    // fields
    'hash = "5f1c" and hash in ["5f1c0", "x"] and hash != "1f1c" and not hash = ""',
    'study = "size" and trial = 3 and attempt = 2 and took >= 1.5 * 60',
    'pinned and not not pinned and pinned = true',
    'tags contains "paper" and tags not contains "pap" and nondeterministic = []',
    'note contains "try" and note ~ "^it" and note ~ "\\\\w+ \\"try\\"$" and note = \'it is a "try"\'',
    "note = 'it is a \"try\"' or note = 'it''s'",
    'started > "2026-11-01" and started < "2026-12" and started contains "2026-11-02"',
    'reproduced = "identical"',
    // lists, arithmetic
    'layers = [32, 16] and layers contains 16 and not layers = [16, 32]',
    'loss in ["gan", "wgan"]',
    "params.loss IN ('gan', 'wgan') AND seed NOT IN (1, -2)",
    'seed + 1 * 2 = 9 and (seed + 1) * 2 = 16 and seed - 1 - 1 = 5 and -seed < 0 and seed / 2 / 2 = 1.75',
    // or is looser than and, and and than not
    'seed = 7 or seed = 7 and seed = 8',
    'not seed = 8 and seed = 7',
    '1 < seed',
  ].map((text) => text.replace(/\bloss in/, 'model.loss in')),
)('%s', (text) => {
  expect(holds(text)).toBe(true);
  expect(holds(`not (${text})`)).toBe(false);
});

describe('what a run does not have', () => {
  test.each(['name', 'mrr@20', 'train.loss', 'params.tags.kind', 'mrr@20 * 2', 'seed / 0'])('%s is null', (name) => {
    expect(holds(`${name} = null`)).toBe(true);
    expect(holds(`${name} is null and not ${name} is not null`)).toBe(true);
    for (const operator of ['<', '<=', '>', '>=']) expect(holds(`${name} ${operator} seed`), operator).toBe(false);
    expect(holds(`${name} = seed or ${name} in [1, 2]`)).toBe(false);
    expect(holds(`${name} != seed and ${name} not in [1, 2]`)).toBe(true);
    expect(holds(`${name} in [1, null]`)).toBe(true);
  });

  test('is false of contains, ~ and alone, and a row need not say what is not known', () => {
    expect(holds('model.name contains "a" or model.name ~ "" or model.name or params.status')).toBe(false);
    const bare = { hash: 'ff', params: {}, metrics: {} };
    expect(filterOf('took = null and tags != [] and not pinned and study not in ["a"]').test(bare)).toBe(true);
    expect(filterOf('tags contains "a" or note ~ "" or status != null').test(bare)).toBe(false);
  });

  test('is never what a prototype has', () => {
    const text = 'params.constructor = null and toString = null and metrics.__proto__ = null';
    const found = parseFilter(text, { params: ['constructor', 'toString'], metrics: ['__proto__'] });
    expect(isMistake(found) || found.test(run)).toBe(true);
    expect(mistakeIn('constructor = null')).toContain('no run has a param or metric "constructor"');
    expect(mistakeIn('hasOwnProperty')).toContain('no run has');
  });
});

test('another type is never equal, less or more', () => {
  expect(holds('model.loss = 7 or seed = "7" or seed = true or flags < 1'.replace('flags', 'params.flag'))).toBe(false);
  expect(holds('model.loss > 7 or model.loss < 7 or layers > 1 or seed contains 7 or seed ~ "7"')).toBe(false);
});

test('a metric without its stage is meant before one that has more before it', () => {
  const metrics = ['validate.ndcg@10', 'validate.popularity.ndcg@10'];
  const row = { hash: '', params: {}, metrics: { 'validate.ndcg@10': 0.4, 'validate.popularity.ndcg@10': 0.1 } };
  const found = parseFilter('ndcg@10 > .2 and popularity.ndcg@10 < .2', { params: [], metrics });
  expect(!isMistake(found) && found.test(row)).toBe(true);
  const both = parseFilter('ndcg@10 > .2', { params: [], metrics: [...metrics, 'evaluate.ndcg@10'] });
  expect(both).toMatchObject({ mistake: '"ndcg@10" may be any of validate.ndcg@10, evaluate.ndcg@10' });
});

describe('mistakes say the column, what is wrong and what to do', () => {
  test('drawn whole', () => {
    expect(mistakeIn('seed = 7 and model.loss = wgan-gp')).toBe(
      [
        'column 27: no run has a param or metric "wgan"',
        '  seed = 7 and model.loss = wgan-gp',
        '                            ^^^^^^^',
        '  → a text is put in quotes: "wgan-gp"',
      ].join('\n'),
    );
    const second = parseFilter('seed = 7\n  and sed = 8', names);
    expect(second).toMatchObject({ line: 2, column: 7, length: 3, hint: 'did you mean data.seed?' });
  });

  const mistakes: readonly { text: string; column: number; says: readonly string[] }[] = (
    [
      ['', 1, 'empty'],
      ['loss = "wgan"', 1, '"loss" may be any of model.loss, train.loss'],
      ['flag', 1, 'params.flag, metrics.flag'],
      ['model.lss = 1', 1, 'did you mean model.loss?'],
      ['ngcd@10 > 1', 1, 'did you mean evaluate.ndcg@10?'],
      ['statsu = "complete"', 1, 'did you mean status?'],
      ['config_hash = "5f"', 1, 'did you mean hash?'],
      ['zzzzzzzzzzzz > 1', 1, 'there are model.loss, model.name', 'and 5 more'],
      ['params.ndcg@10 > 1', 1, 'no run has'],
      ['"train.loss" < .3', 1, 'it is written train.loss'],
      ['"train.g loss" < .3', 1, 'metrics["train.g loss"]'],
      ['model.batch-size > 1', 1, 'params["model.batch-size"]'],
      ['status = complete', 10, 'put in quotes: "complete"'],
      ['hash = 5f1c', 8, 'put in quotes: "5f1c"'],
      ['started > 2026-11-01', 11, 'put in quotes: "2026-11-01"'],
      ['model.loss in [gan]', 16, '"gan"'],
      ['seed in 7', 9, 'a list is missing', 'in ["a", "b"]'],
      ['seed in [1, 2', 14, '] is missing'],
      ['status in [1]', 11, 'a number is in the list'],
      ['seed = (1 + 2', 14, ') is missing'],
      ['seed = "7', 8, 'no end'],
      ['seed =', 7, 'missing here'],
      ['seed = 7 seed', 10, 'not expected', 'and, or'],
      ['seed = 7)', 9, ') is not expected'],
      ['seed && flag', 6, 'write and'],
      ["tags LIKE '%a%'", 6, 'contains'],
      ['seed between 1 and 2', 6, 'x >= 1 and x <= 2'],
      ['seed = none', 8, 'null'],
      ['seed is 7', 6, 'write ='],
      ['1 < seed < 9', 10, 'a < b and b < c'],
      ['mrr@20', 1, 'compare it: mrr@20 > 0'],
      ['mrr@20 = "high"', 10, 'mrr@20 is a number, and "high" is a text'],
      ['pinned = 1', 10, 'true or false'],
      ['tags = "paper"', 8, 'contains'],
      ['took < null', 8, 'not more or less'],
      ['status + 1 > 2', 1, 'a number is needed'],
      ['(seed = 7) = true', 1, 'and, or'],
      ['note ~ "("', 8, 'wrong regular expression'],
      ['note ~ note', 8, 'no regular expression'],
      ['abs(seed) > 1', 1, 'no function abs'],
      ['seed = 7; DROP', 9, '; means nothing'],
    ] as const
  ).map(([text, column, ...says]) => ({ text, column, says }));
  test.each(mistakes)('$text', ({ text, column, says }) => {
    const said = mistakeIn(text);
    expect(said).toMatch(new RegExp(`^column ${column}: `));
    for (const part of says) expect(said).toContain(part);
  });

  test('what is nested deeper than anybody asks is no full stack', () => {
    for (const text of [`${'('.repeat(5000)}seed`, `seed = ${'-'.repeat(5000)}1`, `not ${'not '.repeat(5000)}flag`])
      expect(mistakeIn(text)).toContain('more than 100 levels');
    expect(mistakeIn(`seed in ${'['.repeat(5000)}`)).toContain('more than 100 levels');
    expect(mistakeIn(`seed = 1${' + 1'.repeat(5000)}`)).toContain('more than 100 terms');
  });

  test('a long filter is understood: one hash after the other', () => {
    const hashes = Array.from({ length: 2000 }, (_, i) => `"${i.toString(16)}"`);
    expect(holds(`hash in [${hashes.join(', ')}] or ${'seed = 1 or '.repeat(5000)} seed = 7`)).toBe(true);
  });
});
