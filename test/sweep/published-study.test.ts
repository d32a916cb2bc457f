/** docs/study.md says what docs/study/*.jsonl have on record, and the configs of the record are still today's. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { armName, type FinalRun, readFinals, records } from '../../bench/published-study/finals.ts';
import { loadPipeline } from '../../src/pipeline/load.ts';
import type { JsonValue } from '../../src/pipeline/types.ts';
import { configHashOf } from '../../src/plan/config-hash.ts';

const root = join(import.meta.dirname, '..', '..');
const document = readFileSync(join(root, 'docs/study.md'), 'utf8');
const seeds = [101, 102, 103, 104, 105];

describe.each(Object.entries(records))('%s', (_study, file) => {
  const runs = readFinals(join(root, file));
  const arms = new Map(
    [...new Set(runs.map(({ arm }) => arm))].map((name) => [name, runs.filter(({ arm }) => arm === name)]),
  );

  test('each arm has its five seeds, once', () => {
    expect(arms.size).toBe(19);
    for (const [arm, of] of arms) expect([arm, of.map(({ set }) => set.seed).sort()]).toEqual([arm, seeds]);
  });

  test('nothing was held back for validation, and nothing was chosen by it', () => {
    for (const { set } of runs) expect(set).toMatchObject({ 'split.validation': 0, 'model.keep': 'last' });
  });

  test('the config hashes are those that the pipeline of today gives these params', async () => {
    for (const run of runs) expect(await hashOf(run)).toBe(run.config);
  });

  test('an arm has its name of the params of its trial, or of its file of settings', () => {
    for (const { arm, files, set } of runs) {
      const [overlay] = files.filter((file) => file.startsWith('configs/study/'));
      expect(armName(overlay === undefined ? set : { overlay })).toBe(arm);
    }
  });

  test('the means in the document', () => {
    const told = tableIn(document, file);
    expect([...told.keys()].sort()).toEqual([...arms.keys()].sort());
    for (const [arm, of] of arms) {
      const mean = (name: string) => of.reduce((sum, { metrics }) => sum + (metrics[name] ?? 0), 0) / of.length;
      expect([arm, ...(told.get(arm) ?? [])]).toEqual([arm, ...columns.map((name) => mean(name).toFixed(4).slice(1))]);
    }
  });
});

test.each([
  [['--workers', '0'], '--workers 0 is no whole number'],
  [['--workers', 'x'], '--workers x is no whole number'],
  [['--tolerance', 'none'], '--tolerance none is no number'],
  [['--arms', 'ease,no such'], '--arms: there is no no such; there are popularity'],
  [['--seeds', '101,7'], '--seeds: there is no 7; there are 101'],
  [['--splits', 'study,study-3'], '--splits: there is no study-3; there are study, study-2'],
])('reproducing it with %j is a mistake', (args, message) => {
  const script = ['--import', 'tsx', 'bench/published-study/reproduce.ts'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...script, ...args], { cwd: root, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(message);
});

const columns = ['ndcg@10', 'precision@5', 'ndcg@5', 'recall@20', 'ndcg@20'];

/** Of the table behind the record's mark: arm → its values, without their intervals. */
function tableIn(text: string, file: string): Map<string, string[]> {
  const [, table = ''] = text.split(`<!-- ${file.split('/').at(-1)} -->`);
  const rows = (table.trim().split('\n\n')[0] ?? '')
    .split('\n')
    .filter((line) => /^\| (?!arm|---)/.test(line) && line.includes('.'));
  return new Map(
    rows.map((line) => {
      const [arm = '', ...cells] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [arm, cells.slice(0, columns.length).map((cell) => cell.split(' ')[0] ?? '')];
    }),
  );
}

async function hashOf({ files, set }: FinalRun): Promise<string> {
  const pipeline = await loadPipeline({
    file: join(root, 'pipeline.yaml'),
    overlays: files.map((file) => join(root, file)),
    values: set as Record<string, JsonValue>,
  });
  return configHashOf(pipeline);
}
