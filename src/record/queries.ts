/** Questions to the index, as functions. Nobody else writes SQL. */
import type { ConfigHash } from '../hash.ts';
import type { Goal, ParamTree } from '../pipeline/types.ts';
import type { Database, SqlValue } from './database.ts';
import type {
  FinalRow,
  HoldoutRow,
  MetricRow,
  OutputRow,
  ProblemRow,
  ReplicateRow,
  RunRow,
  StageRow,
  StudyRow,
  TrialRow,
} from './rows.ts';
import { speaksFirst } from './views.ts';

type Raw = Readonly<Record<string, SqlValue>>;

/**
 * One for each config, the attempt that speaks for it, newest first. Of a study where one is named: then that of its own
 * attempts, as far as they were not killed, so that a trial stays what it was told to be.
 */
export async function runs(db: Database, study?: string): Promise<RunRow[]> {
  const order = 'ORDER BY started_at DESC, config_hash';
  if (study === undefined) return rowsOf(await db.all<Raw>(`${selectRuns('attempt_id')} FROM runs a ${order}`));
  // A run that did nothing, as all was cached, left no attempt of this study: only the trial tells of it.
  const trial = `(SELECT min(trial) FROM trial_runs t WHERE t.study = ?1 AND t.config_hash = a.config_hash)`;
  return marked(
    db,
    await db.all<Raw>(
      `${selectRuns('id', `coalesce(${trial}, a.trial)`)} FROM attempts a WHERE id IN (SELECT attempt_id FROM (
         SELECT attempt_id, row_number() OVER (PARTITION BY config_hash
           ORDER BY (study IS ?1 AND rank < 2) DESC, ${speaksFirst}) AS place
         FROM standings WHERE config_hash IN (
           SELECT config_hash FROM trial_runs WHERE study = ?1
           UNION SELECT config_hash FROM attempts WHERE study = ?1 AND NOT removed))
         WHERE place = 1) ${order}`,
      study,
    ),
  );
}

/** The attempt that speaks for a config; undefined where nothing is on record of it. */
export async function speaker(db: Database, configHash: ConfigHash): Promise<RunRow | undefined> {
  const sql = `${selectRuns('id')} FROM attempts a WHERE id = (
    SELECT attempt_id FROM standings WHERE config_hash = ? ORDER BY ${speaksFirst} LIMIT 1)`;
  return (await marked(db, await db.all<Raw>(sql, configHash)))[0];
}

/** All attempts of a config, newest first. */
export async function attempts(db: Database, configHash: ConfigHash): Promise<RunRow[]> {
  const sql = `${selectRuns('id')} FROM attempts a WHERE config_hash = ? AND NOT removed ORDER BY attempt DESC`;
  return marked(db, await db.all<Raw>(sql, configHash));
}

/** The config whose newest attempt, however it ended, was begun last. */
export async function begunLast(db: Database): Promise<ConfigHash | undefined> {
  const sql = `SELECT config_hash AS configHash FROM attempts WHERE NOT removed
    ORDER BY started_at DESC, config_hash LIMIT 1`;
  return (await db.get<{ configHash: ConfigHash }>(sql))?.configHash;
}

/** All attempts of all configs, newest first. */
export async function allAttempts(db: Database): Promise<RunRow[]> {
  const sql = `${selectRuns('id')} FROM attempts a WHERE NOT removed ORDER BY started_at DESC, config_hash, attempt DESC`;
  return marked(db, await db.all<Raw>(sql));
}

/** What is said of a run is said of all its attempts. Joined by SQLite it would be found anew for each of them. */
async function marked(db: Database, rows: readonly Raw[]): Promise<RunRow[]> {
  const configs = [...new Set(rows.map(({ configHash }) => configHash))];
  const marks = await db.all<Raw>(
    'SELECT * FROM run_marks WHERE config_hash IN (SELECT value FROM json_each(?))',
    JSON.stringify(configs),
  );
  const ofRun = new Map(marks.map(({ config_hash, ...said }) => [config_hash, said]));
  return rowsOf(rows.map((row) => ({ ...row, ...ofRun.get(row.configHash ?? null) })));
}

/** @param id column of the attempt's id: tables and views name it differently. */
function selectRuns(id: 'id' | 'attempt_id', trial = 'a.trial'): string {
  return `SELECT a.${id} AS attemptId, a.config_hash AS configHash, a.attempt, a.status, a.started_at AS startedAt,
    a.finished_at AS finishedAt, a.duration_ms AS durationMs, a.params, a.targets, a.study, ${trial} AS trial, a.process,
    ${id === 'id' ? '' : 'a.tags, a.note, a.pinned,'}
    (SELECT json_object('verdict', verdict, 'at', at) FROM reproductions r WHERE r.config_hash = a.config_hash
      ORDER BY at DESC LIMIT 1) AS reproduced,
    (SELECT json_group_array(DISTINCT s.stage) FROM attempt_stages s JOIN differences d
      ON d.fingerprint = s.fingerprint AND d.stage = s.stage WHERE s.attempt_id = a.${id}) AS nondeterministic`;
}

function rowsOf(rows: readonly Raw[]): RunRow[] {
  const read = interned();
  return rows.map((row) => ({
    ...(row as unknown as RunRow),
    ...{ params: read(row.params, 'once') as ParamTree, targets: read(row.targets) as RunRow['targets'] },
    ...{ tags: read(row.tags) as RunRow['tags'], process: read(row.process) as RunRow['process'] },
    reproduced: read(row.reproduced) as RunRow['reproduced'],
    nondeterministic: read(row.nondeterministic) as RunRow['nondeterministic'],
    pinned: row.pinned === 1,
  }));
}

/** Reads JSON, where one text often comes again: what is the same is one object then. */
function interned(): (text: SqlValue | undefined, times?: 'once') => unknown {
  const known = new Map<string, unknown>();
  return (text, times) => {
    if (typeof text !== 'string') return null;
    if (times === 'once') return JSON.parse(text);
    if (!known.has(text)) known.set(text, JSON.parse(text));
    return known.get(text);
  };
}

/** In the order declared. */
export async function stages(db: Database, attemptIds: readonly number[]): Promise<StageRow[]> {
  const rows = await db.all<Raw>(
    `SELECT attempt_id AS attemptId, stage, description, s.params, deps, series, fingerprint, s.started_at AS startedAt,
       s.duration_ms AS durationMs, execution_ms AS executionMs, retries, failure, differing,
       CASE WHEN outcome IS NOT NULL THEN outcome WHEN a.status <> 'running' THEN 'cancelled'
         WHEN s.started_at IS NULL THEN 'waiting' ELSE 'running' END AS outcome,
       (SELECT json_group_array(DISTINCT output) FROM differences d
         WHERE d.fingerprint = s.fingerprint AND d.stage = s.stage) AS nondeterministic
     FROM attempt_stages s JOIN attempts a ON a.id = attempt_id
     WHERE attempt_id IN (SELECT value FROM json_each(?)) ORDER BY attempt_id, position, stage`,
    JSON.stringify(attemptIds),
  );
  return rows.map((row) =>
    parsed<StageRow>(row, ['params', 'deps', 'series', 'failure', 'differing', 'nondeterministic']),
  );
}

export async function outputs(db: Database, attemptIds: readonly number[]): Promise<OutputRow[]> {
  return await db.all<OutputRow>(
    `SELECT attempt_id AS attemptId, stage, name, path, kind, hash, size FROM outputs
     WHERE attempt_id IN (SELECT value FROM json_each(?)) ORDER BY attempt_id, stage, name`,
    JSON.stringify(attemptIds),
  );
}

/** In the order of stages, within one that of the series and of the metrics files. */
export async function metrics(
  db: Database,
  attemptIds: readonly number[],
  names?: readonly string[],
): Promise<MetricRow[]> {
  // By name, a few metrics of all runs are found without looking at the others.
  const which = names === undefined ? 'm.attempt_id' : 'm.name IN (SELECT value FROM json_each(?2)) AND +m.attempt_id';
  // One text in the place of a row each: of a hundred thousand, objects made by sqlite3 take ten times as long.
  const row = await db.get<{ rows: string }>(
    `SELECT json_group_array(json_array(attempt_id, name, stage, file, value, text, step, goal, comparable, holdout)) AS rows
     FROM (SELECT m.attempt_id, m.name, m.stage, file, ${exactly('value')} AS value, text, step, goal, comparable, holdout
       FROM metrics m LEFT JOIN attempt_stages s ON s.attempt_id = m.attempt_id AND s.stage = m.stage
       WHERE ${which} IN (SELECT value FROM json_each(?1)) ORDER BY m.attempt_id, s.position, m.position, m.name)`,
    ...[JSON.stringify(attemptIds), ...(names === undefined ? [] : [JSON.stringify(names)])],
  );
  const read = interned();
  return (JSON.parse(row?.rows ?? '[]') as MetricTuple[]).map((metric) => ({
    attemptId: metric[0],
    name: metric[1],
    stage: metric[2],
    file: metric[3],
    value: metric[4] === null ? null : Number(metric[4]),
    text: metric[5],
    step: metric[6],
    goal: metric[7],
    comparable: read(metric[8]) as MetricRow['comparable'],
    holdout: metric[9] === 1,
  }));
}

/** Full names of all there are. */
export async function metricNames(db: Database): Promise<string[]> {
  return (await db.all<{ name: string }>('SELECT DISTINCT name FROM metrics ORDER BY name')).map(({ name }) => name);
}

/** Full names of all there are. */
export async function paramNames(db: Database): Promise<string[]> {
  return (await db.all<{ name: string }>('SELECT DISTINCT name FROM params ORDER BY name')).map(({ name }) => name);
}

/** Those of all runs. */
export async function tags(db: Database): Promise<string[]> {
  return (await db.all<{ tag: string }>('SELECT DISTINCT tag FROM tags ORDER BY tag')).map(({ tag }) => tag);
}

type MetricTuple = readonly [
  ...[attemptId: number, name: string, stage: string, file: string | null, value: string | null, text: string | null],
  ...[step: number | null, goal: Goal | null, comparable: string, holdout: number],
];

/** All digits of a number: SQLite's own way from numbers to JSON has fifteen of them. */
const exactly = (column: string) => `iif(${column} IS NULL, NULL, format('%!.17g', ${column}))`;

/** Newest first. */
export async function studies(db: Database): Promise<StudyRow[]> {
  const rows = await db.all<Raw>(
    `SELECT name, started_at AS startedAt, spec,
       (SELECT json_group_object(state, n) FROM
         (SELECT state, count(*) AS n FROM trials t WHERE t.study = s.name GROUP BY state)) AS states
     FROM studies s ORDER BY started_at DESC, name`,
  );
  return rows.map((row) => parsed<StudyRow>(row, ['spec', 'states']));
}

export async function trials(db: Database, study: string): Promise<TrialRow[]> {
  const rows = await db.all<Raw>(
    'SELECT study, trial, state, params, value, reason, restarts, runs FROM trials WHERE study = ? ORDER BY trial',
    study,
  );
  return rows.map((row) => parsed<TrialRow>(row, ['params', 'runs']));
}

/** Which replicate of which trial each run is; the final runs of a trial are numbered among themselves. */
export async function replicates(db: Database): Promise<ReplicateRow[]> {
  return await db.all<ReplicateRow>(
    `SELECT study, trial, position AS replicate, config_hash AS configHash FROM trial_runs
     UNION ALL SELECT study, trial, replicate, config_hash FROM final_runs WHERE config_hash IS NOT NULL
     ORDER BY study, trial, replicate, configHash`,
  );
}

/** In the order of their trials and seeds. */
export async function finals(db: Database, study: string): Promise<FinalRow[]> {
  const rows = await db.all<Raw>(
    `SELECT trial, replicate, config_hash AS configHash, metrics, reason FROM final_runs WHERE study = ? ORDER BY trial, replicate`,
    study,
  );
  return rows.map((row) => parsed<FinalRow>(row, ['metrics']));
}

export async function holdouts(db: Database): Promise<HoldoutRow[]> {
  const rows = await db.all<Raw>(
    `SELECT name AS metric, stage, comparable, count(DISTINCT config_hash) AS configs
     FROM metrics JOIN attempts ON attempts.id = attempt_id WHERE holdout AND NOT removed GROUP BY name, comparable ORDER BY name`,
  );
  return rows.map((row) => parsed<HoldoutRow>(row, ['comparable']));
}

/** Damaged lines that were skipped. */
export async function problems(db: Database): Promise<ProblemRow[]> {
  return await db.all<ProblemRow>(
    `SELECT name AS journal, offset, message FROM journal_problems p JOIN journals j ON j.id = p.journal_id
     ORDER BY name, offset`,
  );
}

/** How many events later versions of Retrial wrote, which this one does not know. */
export async function unknownEvents(db: Database): Promise<number> {
  return (await db.get<{ n: number | null }>('SELECT sum(unknown_events) AS n FROM journals'))?.n ?? 0;
}

/** A row with its JSON columns as values; the columns' names are the fields'. */
function parsed<Row>(row: Raw, json: readonly string[]): Row {
  const values = json.map((column): [string, unknown] => {
    const text = row[column];
    return [column, typeof text === 'string' ? JSON.parse(text) : null];
  });
  return { ...row, ...Object.fromEntries(values) } as Row;
}
