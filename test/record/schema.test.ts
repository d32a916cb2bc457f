import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/record/database.ts';
import { schemaSql, schemaVersion } from '../../src/record/schema.ts';

/** Table or view → its columns, as docs/schema.md has them. */
function documented(): Record<string, string[]> {
  const text = readFileSync(new URL('../../docs/schema.md', import.meta.url), 'utf8');
  const sections = text.split(/^### /m).slice(1);
  return Object.fromEntries(
    sections.map((section) => {
      const cells = [...section.matchAll(/^\| ([a-z_, ]+) \|/gm)].flatMap(([, cell = '']) => cell.split(', '));
      return [section.split('\n')[0], cells.filter((cell) => cell !== 'column').sort()];
    }),
  );
}

test('docs/schema.md names every table, view and column, and no other', async () => {
  const db = await openDatabase(':memory:');
  await db.exec(schemaSql);
  const rows = await db.all<{ tbl: string; col: string }>(
    `SELECT m.name AS tbl, c.name AS col FROM sqlite_schema m, pragma_table_info(m.name) c
     WHERE m.type IN ('table', 'view') ORDER BY tbl, col`,
  );
  await db.close();
  const actual: Record<string, string[]> = {};
  for (const { tbl, col } of rows) actual[tbl] = [...(actual[tbl] ?? []), col];
  expect(documented()).toEqual(actual);
  expect(readFileSync(new URL('../../docs/schema.md', import.meta.url), 'utf8')).toContain(
    `version of this schema, **${schemaVersion}**`,
  );
});
