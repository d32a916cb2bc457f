/** How SQLite answers what is asked: nothing is looked for in a whole table once for each row of another. */
import { expect, test } from 'vitest';
import { type Database, openDatabase, type SqlValue } from '../../src/record/database.ts';
import { withIndex } from '../../src/record/open-index.ts';
import * as queries from '../../src/record/queries.ts';
import { recordStudy } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

interface Step {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

/** Steps that read a whole table, and lie in a subquery that is run for each row. */
async function scansForEachRow(db: Database, sql: string, values: readonly SqlValue[]): Promise<string[]> {
  const steps = await db.all<Step>(`EXPLAIN QUERY PLAN ${sql}`, ...values);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const isRepeated = ({ parent }: Step): boolean => {
    const above = byId.get(parent);
    return above !== undefined && (above.detail.startsWith('CORRELATED') || isRepeated(above));
  };
  return steps.flatMap((step) => (/^SCAN (?!\(subquery)/.test(step.detail) && isRepeated(step) ? [step.detail] : []));
}

/** The same database, which notes of each question how it would be answered. */
function explained(db: Database): { readonly db: Database; readonly asked: Map<string, Promise<string[]>> } {
  const asked = new Map<string, Promise<string[]>>();
  const all: Database['all'] = (sql, ...values) => {
    asked.set(sql, scansForEachRow(db, sql, values));
    return db.all(sql, ...values);
  };
  const get: Database['get'] = async (sql, ...values) => (await all(sql, ...values))[0] as never;
  return { db: { ...db, all, get }, asked };
}

test('no query, and no view, reads a whole table for each of its rows', async () => {
  const layout = temporaryLayout();
  const [hash] = recordStudy(layout);
  if (hash === undefined) throw new Error('no run');
  const views = await withIndex(layout, (index) => index.ask(`SELECT name FROM sqlite_schema WHERE type = 'view'`));
  const plain = await openDatabase(layout.index, { readOnly: true });
  const { db, asked } = explained(plain);
  const ids = (await queries.runs(db)).map(({ attemptId }) => attemptId);
  await queries.runs(db, 'loss');
  for (const query of [queries.speaker, queries.attempts]) await query(db, hash);
  for (const query of [queries.stages, queries.outputs, queries.metrics]) await query(db, ids);
  await queries.trials(db, 'loss');
  for (const query of [queries.begunLast, queries.allAttempts, queries.studies]) await query(db);
  for (const query of [queries.holdouts, queries.problems, queries.unknownEvents]) await query(db);
  for (const { name } of views) await db.all(`SELECT * FROM ${name}`);
  expect(asked.size).toBeGreaterThan(20);
  for (const [sql, scans] of asked) expect([sql, await scans]).toEqual([sql, []]);
  await plain.close();
});

test('rows that are named by others are there', async () => {
  const layout = temporaryLayout();
  recordStudy(layout);
  const broken = await withIndex(layout, (index) => index.ask('SELECT * FROM pragma_foreign_key_check'));
  expect(broken).toEqual([]);
});
