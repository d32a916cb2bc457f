/** `runs --where EXPR`: an SQL expression over what is known of a run, its params and metrics among it. */
import { UserError } from '../errors.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { Database, SqlValue } from './database.ts';
import { readOnly, readOnlyIn, withoutTexts } from './read-only.ts';

/** Columns of the view `runs` that may stand in an expression. */
const ofRuns = [
  ...[
    'config_hash',
    'attempt',
    'status',
    'started',
    'started_at',
    'finished_at',
    'duration_ms',
    'tags',
    'note',
    'pinned',
  ],
  ...['study', 'trial', 'reproduced'],
];

/**
 * Ids of the attempts, one for each run, for which the expression is true. Names of params and metrics are written in
 * double quotes: `"evaluate.ndcg@10" > 0.2 AND "model.loss" = 'wgan' AND status = 'complete'`.
 * Throws {@link UserError} for a name that is neither, and for wrong SQL.
 */
export async function attemptsWhere(db: Database, file: string, expression: string): Promise<Set<number>> {
  const quoted = [
    ...new Set([...withoutPlainTexts(expression).matchAll(/"((?:[^"]|"")*)"/g)].map(([, name = '']) => name)),
  ];
  const names = quoted.map((name) => name.replaceAll('""', '"')).filter((name) => !ofRuns.includes(name));
  await checkNames(db, names);
  const columns = names.map(
    (name) =>
      `coalesce((SELECT coalesce(m.value, m.text) FROM metrics m WHERE m.attempt_id = r.attempt_id AND m.name = ?),
        (SELECT coalesce(p.number, json_extract(p.value, '$')) FROM params p WHERE p.attempt_id = r.attempt_id AND p.name = ?))
       AS "${name.replaceAll('"', '""')}"`,
  );
  const sql = `SELECT attempt_id AS id FROM (SELECT ${['r.*', ...columns].join(', ')} FROM runs r) WHERE (${expression}\n)`;
  const values = names.flatMap((name): SqlValue[] => [name, name]);
  try {
    const rows = await (file === ':memory:' ? readOnlyIn(db, sql, values) : readOnly(file, sql, values));
    return new Set(rows.map(({ id }) => Number(id)));
  } catch (error) {
    if (error instanceof UserError) throw await withBareName(db, expression, error);
    throw error;
  }
}

/** A name with dots or an @ is no SQL without its double quotes. */
async function withBareName(db: Database, expression: string, error: UserError): Promise<UserError> {
  const bare = withoutTexts(expression);
  const isThere = (name: string) => !ofRuns.includes(name) && isWordOf(bare, name);
  const [name] = (await knownNames(db)).filter(isThere).sort((a, b) => b.length - a.length);
  if (name === undefined) return error;
  return new UserError(`--where: ${error.message}`, `put ${name} in double quotes: --where '"${name}" …'`);
}

function isWordOf(text: string, name: string): boolean {
  const literal = name.replaceAll(/[^A-Za-z0-9]/g, '\\$&');
  return new RegExp(`(?<![\\w.@])${literal}(?![\\w.@])`).test(text);
}

async function knownNames(db: Database): Promise<string[]> {
  const sql = 'SELECT DISTINCT name FROM params UNION SELECT DISTINCT name FROM metrics';
  return (await db.all<{ name: string }>(sql)).map(({ name }) => name);
}

/** SQLite takes an unknown name in double quotes for a text, and the expression would be silently false. */
async function checkNames(db: Database, names: readonly string[]): Promise<void> {
  const all = await knownNames(db);
  const wrong = names.find((name) => !all.includes(name));
  if (wrong !== undefined)
    throw new UserError(
      `--where: no run has a param or metric "${wrong}"`,
      didYouMean(wrong, [...all, ...ofRuns]).hint ?? "a text is put in single quotes: 'wgan'",
    );
}

function withoutPlainTexts(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'/g, "''");
}
