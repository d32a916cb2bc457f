/** An index is made from the journals: what an earlier version made is made again, and nothing is lost by it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/record/database.ts';
import { withIndex } from '../../src/record/open-index.ts';
import { schemaVersion } from '../../src/record/schema.ts';
import type { Layout } from '../../src/store/layout.ts';
import { record, recordStudy } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

/** Each version as the last Retrial made it that had it. */
const schemas = join(import.meta.dirname, '..', 'fixtures', 'index-schemas');
const versions = Array.from({ length: schemaVersion - 1 }, (_, n) => n + 1);

test('there is a fixture of every earlier version', () => {
  expect(readdirSync(schemas).sort()).toEqual(versions.map((version) => `v${version}.sql`));
});

const shapeOf = (layout: Layout) =>
  withIndex(layout, async (index) => ({
    shape: await index.ask('SELECT type, name, sql FROM sqlite_schema ORDER BY name'),
    version: await index.ask('SELECT user_version FROM pragma_user_version'),
    runs: (await index.runs()).map(({ attemptId: _, ...run }) => run),
    trials: await index.trials('loss'),
    wide: await index.ask('SELECT * FROM metrics_wide ORDER BY config_hash'),
  }));

test.each(versions)('an index of version %i is made again from the journals', async (version) => {
  const layout = temporaryLayout();
  record(layout, { tags: ['kept'], params: { seed: 7 } });
  recordStudy(layout);
  // As that version left it: its journals were read to their ends, and there are rows of its own.
  const old = await openDatabase(layout.index);
  await old.exec('PRAGMA journal_mode = WAL');
  await old.exec(readFileSync(join(schemas, `v${version}.sql`), 'utf8'));
  for (const name of readdirSync(layout.journals))
    await old.run('INSERT INTO journals (name, read_to) VALUES (?, 1000000000)', `journal/${name}`);
  await old.exec(`INSERT INTO attempts (config_hash, attempt, started_at) VALUES ('stale', 1, 1);
    INSERT INTO metrics (attempt_id, name, stage, position, value) VALUES (1, 'a.b', 'a', 0, 1)`);
  await old.close();

  const made = await shapeOf(layout);
  expect(made.version).toEqual([{ user_version: schemaVersion }]);
  expect(made.runs).toHaveLength(13);
  expect(made.runs.map(({ configHash }) => configHash)).not.toContain('stale');

  const fresh = temporaryLayout();
  record(fresh, { tags: ['kept'], params: { seed: 7 } });
  recordStudy(fresh);
  expect(made).toEqual(await shapeOf(fresh));
});
