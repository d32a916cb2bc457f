/** Runs as CSV and as JSON a line: what a program reads is what was recorded, to the last bit. */
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exportOutput } from '../../src/commands/export.ts';
import { type ExportToOptions, exportTo } from '../../src/commands/export-to.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { needsPython, pythonJson, pythonSkipReason } from '../helpers/python.ts';
import { record, recordStudy } from '../helpers/record-fixture.ts';
import { type Rig, rig } from '../helpers/rig.ts';

const project = () => {
  const on = rig({ 'pipeline.yaml': 'version: 1\nstages: {}\n' });
  const layout = layoutOf(on.path('runs'));
  return { on, layout };
};

async function exported(on: Rig, to: 'csv' | 'jsonl', ...selection: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await on.retrial('export', ...selection, '--to', to, '-o', '-');
  expect([exitCode, stderr]).toEqual([0, '']);
  return `${stdout}\n`;
}

/** Fields as RFC 4180 has them; quotes may hold anything. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

/** Texts that break what is not quoted, and numbers that break what is rounded. */
const odd = {
  params: {
    model: { loss: 'a,"b"\n=c', learning_rate: 0.1 + 0.2, tiny: 5e-324, big: 2 ** 53 - 1, layers: [1, 'x,y'] },
    none: null,
    on: true,
  },
  ...{ tags: ['one', 'two'], note: 'said "so",\r\ntwice', score: 1 / 3 },
};

test('a row for each run, of what there is in the documented order', async () => {
  const { on, layout } = project();
  const [first, second] = record(layout, odd, { score: 'NaN', at: 1_800_000_000_000, params: { seed: 2 } });
  const [titles = [], ...rows] = parseCsv(await exported(on, 'csv'));
  expect(titles.slice(0, 10)).toEqual([
    ...['config_hash', 'attempt', 'status', 'study', 'trial', 'replicate', 'started_at', 'duration_ms', 'tags', 'note'],
  ]);
  const [params, metrics] = ['params.', 'metrics.'].map((front) => titles.filter((title) => title.startsWith(front)));
  expect(titles).toEqual([...titles.slice(0, 10), ...(params ?? []).toSorted(), ...(metrics ?? []).toSorted()]);
  const [a, b] = rows.map((row) => Object.fromEntries(titles.map((title, at) => [title, row[at]])));
  expect(a).toMatchObject({
    ...{ config_hash: first, attempt: '1', status: 'complete', study: '', trial: '', replicate: '' },
    ...{ started_at: '2023-11-14T22:13:20.000Z', tags: 'one, two', note: 'said "so",\r\ntwice' },
    ...{ 'params.model.loss': 'a,"b"\n=c', 'params.model.layers': '[1,"x,y"]', 'params.none': '', 'params.on': 'true' },
    ...{ 'params.model.big': '9007199254740991', 'metrics.evaluate.ndcg@10': '0.3333333333333333' },
  });
  expect(b).toMatchObject({ config_hash: second, 'params.model.tiny': '', 'metrics.evaluate.ndcg@10': 'NaN' });

  const lines = (await exported(on, 'jsonl')).trimEnd().split('\n');
  const [one, two] = lines.map((line) => JSON.parse(line));
  expect(one).toMatchObject({
    ...{ configHash: first, attempt: 1, status: 'complete', study: null, trial: null, replicate: null },
    ...{ tags: ['one', 'two'], note: odd.note, startedAt: '2023-11-14T22:13:20.000Z' },
    params: { 'model.loss': 'a,"b"\n=c', 'model.layers': [1, 'x,y'], 'model.tiny': 5e-324, none: null, on: true },
    metrics: { 'evaluate.ndcg@10': 1 / 3, 'train.g_loss': 0.7 },
  });
  expect(two.metrics['evaluate.ndcg@10']).toBe('NaN');
});

test('what is selected is what compare shows: the newest study, a study, a run', async () => {
  const { on, layout } = project();
  const hashes = recordStudy(layout);
  const [alone] = record(layout, { params: { seed: 9 } });
  const hashOf = async (...selection: string[]) =>
    (await exported(on, 'jsonl', ...selection))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const study = await hashOf();
  expect(study.map(({ configHash }) => configHash)).toEqual(hashes);
  expect(study.map(({ study: name, trial, replicate }) => [name, trial, replicate])).toEqual(
    hashes.map((_, trial) => ['loss', trial, 0]),
  );
  const some = await hashOf('loss', `${alone}@1`);
  expect(some).toHaveLength(13);
  expect(some.find(({ configHash }) => configHash === alone)).toMatchObject({ study: null, trial: null });
});

test('where -o is a link, what it leads to is written, by compare too', async () => {
  const { on, layout } = project();
  record(layout, {});
  for (const [args, to] of [
    [['export', '--to', 'csv'], 'table.csv'],
    [['compare'], 'page.html'],
  ] as const) {
    symlinkSync(to, on.path('link'));
    expect(await on.retrial(...args, '-o', 'link')).toMatchObject({ exitCode: 0 });
    expect(lstatSync(on.path('link')).isSymbolicLink()).toBe(true);
    expect(on.read(to)).toContain('0.5');
    rmSync(on.path('link'));
  }
});

test('a file is written whole or not at all', async () => {
  const { on, layout } = project();
  const nothing = await on.retrial('export', '--to', 'csv', '-o', 'runs.csv');
  expect([nothing.exitCode, nothing.stderr]).toEqual([2, expect.stringContaining('there is no run to export')]);
  recordStudy(layout);
  mkdirSync(on.path('folder'));
  const options = { root: on.folder, runsDir: layout.runs };
  const file = on.path('runs.csv');
  const cases: [string[], Omit<ExportToOptions, keyof typeof options>, string][] = [
    [[], { to: 'csv', output: on.path('folder') }, 'folder is a folder'],
    [[], { to: 'csv' }, '--to csv needs -o'],
    [['beef'], { to: 'csv', output: file }, "no run's hash starts with beef"],
    [[], { to: 'csv', output: file, metric: ['loss'] }, '--metric is of --to latex alone'],
  ];
  for (const [selection, more, message] of cases)
    await expect(exportTo(selection, { ...options, ...more })).rejects.toThrow(message);
  for (const words of [['latest'], ['latest', 'train.model'], ['latest', 'train.model', 'out', 'more']])
    await expect(exportOutput(words, options)).rejects.toThrow('export takes HASH STAGE.OUT FOLDER');
  expect(existsSync(on.path('runs.csv'))).toBe(false);
  const written = await on.retrial('export', '--to', 'csv', '-o', 'sub/runs.csv');
  expect([written.exitCode, written.stdout]).toEqual([0, on.path('sub/runs.csv')]);
  expect(readFileSync(on.path('sub/runs.csv'), 'utf8')).toBe(await exported(on, 'csv'));
});

describe(`pandas reads${pythonSkipReason}`, needsPython, () => {
  test('the same numbers and texts from both', async () => {
    const { on, layout } = project();
    record(layout, odd, { score: 'NaN', at: 1_800_000_000_000 });
    on.write({ 'a.csv': await exported(on, 'csv'), 'a.jsonl': await exported(on, 'jsonl') });
    const read = `
import json, sys, pandas
table = pandas.read_csv(sys.argv[1], dtype=str)
lines = pandas.json_normalize([json.loads(line) for line in open(sys.argv[2])])
pick = lambda f: [f['params.model.loss'][0], float(f['params.model.learning_rate'][0]).hex(), float(f['params.model.tiny'][0]).hex(),
    int(f['params.model.big'][0]), float(f['metrics.evaluate.ndcg@10'][0]).hex(), str(float(f['metrics.evaluate.ndcg@10'][1]))]
print(json.dumps([pick(table), pick(lines)]))`;
    const [table, lines] = await pythonJson<unknown[][]>(read, on.path('a.csv'), on.path('a.jsonl'));
    expect(table).toEqual([
      ...['a,"b"\n=c', '0x1.3333333333334p-2', '0x0.0000000000001p-1022', 2 ** 53 - 1, '0x1.5555555555555p-2', 'nan'],
    ]);
    expect(lines).toEqual(table);
  });
});
