/** Who may know of whom: imports of src go one way, as ARCHITECTURE.md says. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const src = join(import.meta.dirname, '..', 'src');

/** From the top: each imports itself and what is in a later row; those of one row know nothing of each other. */
const rows: readonly (readonly string[])[] = [
  ['cli.ts', 'index.ts'],
  ['cli'],
  ['commands'],
  ['export'],
  ['sweep', 'report'],
  ['execute', 'logging'],
  ['plan', 'record', 'slurm'],
  ['store'],
  ['events.ts'],
  ['result-records.ts'],
  ['filter'],
  ['pipeline', 'statistics'],
  ['errors.ts', 'random.ts', 'own-package.ts', 'stage.ts'],
  ['hash.ts'],
];

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|js)$/.test(name));
const partOf = (file: string) => file.split('/')[0] ?? '';
const rowOf = (file: string) => rows.findIndex((row) => row.includes(partOf(file)));

/** Files it imports, statically, when it is needed, or for their types. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  const named = [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'(\.[^']+)'/g)].map(([, path = '']) => path);
  return named.map((path) => relative(src, join(src, dirname(file), path)));
}

test('every file and folder of src has its place', () => {
  expect(files.filter((file) => rowOf(file) < 0)).toEqual([]);
  expect(files.flatMap(importsOf).length).toBeGreaterThan(files.length);
});

test('imports go one way, so that no folders import each other', () => {
  const wrong = files.flatMap((from) =>
    importsOf(from)
      .filter((to) => !to.startsWith('..') && partOf(to) !== partOf(from) && rowOf(to) <= rowOf(from))
      .map((to) => `${from} → ${to}`),
  );
  expect(wrong).toEqual([]);
});

test('of the record execute knows the journal alone', () => {
  const known = files.filter((file) => partOf(file) === 'execute').flatMap(importsOf);
  expect([...new Set(known.filter((file) => partOf(file) === 'record'))]).toEqual(['record/journal.ts']);
});

test('filter, which the page has too, leads to nothing of Node', () => {
  const reached = new Set(files.filter((file) => partOf(file) === 'filter'));
  const loadedBy = (file: string) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(/^import (?!type )[^;]*?from '([^']+)'/gm)].map(
      ([, path = '']) => (path.startsWith('.') ? relative(src, join(src, dirname(file), path)) : path),
    );
  for (const file of reached) for (const to of loadedBy(file)) reached.add(to);
  expect([...reached].filter((file) => partOf(file) !== 'filter')).toEqual(['pipeline/suggest.ts']);
});

test('stage.ts, which stages import, imports nothing of the engine', () => {
  expect(importsOf('stage.ts')).toEqual([]);
});
