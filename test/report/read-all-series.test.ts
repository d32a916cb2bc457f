import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAllSeries } from '../../src/report/read-all-series.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

function written(folder: string, name: string, points: number): string {
  const lines = Array.from({ length: points }, (_, at) => JSON.stringify({ step: at + 1, loss: Math.sin(at) }));
  const file = join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

test('of many curves each is thinned alike, and says how long it was', async () => {
  const folder = temporaryFolder();
  const files = ['a', 'b', 'c', 'd'].map((name) => written(folder, name, 100));
  const of = await readAllSeries(files, { each: 80, all: 150, least: 10 });
  for (const file of files) {
    expect(of(file).loss?.steps).toHaveLength(20);
    expect(of(file).loss?.steps.at(-1)).toBe(100);
    expect(of(file).loss?.points).toBe(100);
  }
});

test('a file that several runs share counts once; the least is kept even of very many', async () => {
  const folder = temporaryFolder();
  const shared = written(folder, 'shared', 100);
  const alone = await readAllSeries([shared, shared, shared], { each: 100, all: 100, least: 10 });
  expect(alone(shared).loss?.steps).toHaveLength(100);
  const many = Array.from({ length: 30 }, (_, at) => written(folder, String(at), 100));
  const of = await readAllSeries(many, { each: 100, all: 50, least: 10 });
  expect(of(many[29] as string).loss?.steps).toHaveLength(10);
});

test('a file that is not there has no curves', async () => {
  expect((await readAllSeries([join(temporaryFolder(), 'none')]))('none')).toEqual({});
});
