import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { openDatabase, sqliteCode } from '../../src/record/database.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

test('many rows, in whole statements and a rest, and a key taken again', async () => {
  const db = await openDatabase(':memory:');
  await db.exec('CREATE TABLE t (k INTEGER PRIMARY KEY, v REAL, s TEXT)');
  const rows = Array.from({ length: 150 }, (_, k) => [k, k / 3, null]);
  await db.insert('t', ['k', 'v', 's'], [...rows, [7, 0.5, 'again']]);
  await db.insert('t', ['k', 'v', 's'], []);
  expect(await db.get('SELECT count(*) AS n, sum(v) > 0 AS positive FROM t')).toEqual({ n: 150, positive: 1 });
  expect(await db.get('SELECT * FROM t WHERE k = ?', 7)).toEqual({ k: 7, v: 0.5, s: 'again' });
  expect(await db.get('SELECT v FROM t WHERE k = ?', 1)).toEqual({ v: 1 / 3 });
  await db.close();
});

test('a transaction is all or nothing', async () => {
  const db = await openDatabase(':memory:');
  await db.exec('CREATE TABLE t (k INTEGER PRIMARY KEY)');
  const failing = db.immediate(async () => {
    await db.run('INSERT INTO t VALUES (1)');
    await db.run('INSERT INTO t VALUES (1)');
  });
  expect(sqliteCode(await failing.catch((error: unknown) => error))).toBe('SQLITE_CONSTRAINT');
  expect(await db.all('SELECT * FROM t')).toEqual([]);
  expect(await db.immediate(async () => 5)).toBe(5);
  await db.close();
});

test('SQLite that was not built: the user is told what to do', async () => {
  const folder = temporaryLayout().runs;
  mkdirSync(join(folder, 'src/record'), { recursive: true });
  for (const file of ['src/errors.ts', 'src/own-package.ts', 'src/record/database.ts'])
    copyFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), join(folder, file));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(join(folder, 'node_modules/sqlite3/lib'), { recursive: true });
  const unbuilt = "throw new Error('Could not locate the bindings file. Tried:\\n → build/node_sqlite3.node')";
  writeFileSync(join(folder, 'node_modules/sqlite3/lib/sqlite3.js'), unbuilt);
  const main = join(folder, 'main.mts');
  writeFileSync(
    main,
    `const { openDatabase } = await import('./src/record/database.ts');
     openDatabase(':memory:').catch((e) => console.log(e.name, e.message, e.diagnostics[0].hint));`,
  );
  const { stdout } = await execa(process.execPath, ['--import', import.meta.resolve('tsx'), main]);
  expect(stdout).toMatch(
    /^UserError SQLite cannot be loaded: Could not locate the bindings file. Tried: run `retrial doctor --fix`/,
  );
});
