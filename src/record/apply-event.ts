/**
 * One event → rows. Events of one attempt come in order, but those of different journals in any: whatever an event is
 * about is therefore made where it is not there yet, and completed by the event that tells of it.
 */
import { unreachable } from '../errors.ts';
import type {
  AttemptId,
  FinalTold,
  JournalEvent,
  ReplicateTold,
  RunReproduced,
  RunStarted,
  StageFinished,
  StageStarted,
  TrialAsked,
  TrialLeft,
  TrialReopened,
  TrialTold,
} from '../events.ts';
import { canonicalJson } from '../hash.ts';
import { goalAmong } from '../pipeline/metric-goals.ts';
import { flatten } from '../pipeline/param-tree.ts';
import { differed, runMarked } from './apply-marks.ts';
import type { Database, SqlValue } from './database.ts';

/** @param journalId row of the journal that the event was read from. */
export async function applyEvent(db: Database, event: JournalEvent, journalId: number): Promise<void> {
  switch (event.type) {
    case 'run-started':
      return await runStarted(db, event, journalId);
    case 'stage-started':
      return await stageStarted(db, event);
    case 'stage-finished':
      return await stageFinished(db, event);
    case 'run-finished':
      return await db.run(
        'UPDATE attempts SET status = ?, finished_at = ?, duration_ms = ? WHERE id = ?',
        ...[event.status, event.at, event.durationMs, await attemptRow(db, event.id, event.at)],
      );
    case 'run-reproduced':
      return await runReproduced(db, event);
    case 'run-marked':
      return await runMarked(db, await attemptRow(db, event.id, event.at), event);
    case 'run-removed':
      return await db.run(
        'UPDATE attempts SET removed = ?, removed_at = ? WHERE id = ? AND removed_at < ?',
        ...[event.undone === true ? 0 : 1, event.at, await attemptRow(db, event.id, event.at), event.at],
      );
    case 'study-started':
      return await db.run(
        `INSERT INTO studies (name, started_at, spec, spec_at) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET started_at = min(started_at, excluded.started_at),
           spec = iif(excluded.spec_at >= spec_at, excluded.spec, spec), spec_at = max(spec_at, excluded.spec_at)`,
        ...[event.study, event.at, JSON.stringify(event.spec), event.at],
      );
    case 'trial-asked':
      return await trialAsked(db, event);
    case 'trial-left':
      return await trialLeft(db, event);
    case 'trial-told':
      return await trialTold(db, event);
    case 'trial-reported':
      return; // the run's own series has it
    case 'replicate-told':
      return await replicateTold(db, event);
    case 'trial-reopened':
      return await trialReopened(db, event);
    case 'final-told':
      return await finalTold(db, event);
    case 'final-reopened':
      return; // what is told of it then takes the place of the failure
    default:
      return unreachable(event);
  }
}

async function attemptRow(db: Database, id: AttemptId, at: number): Promise<number> {
  const found = await db.get<{ id: number }>(
    `INSERT INTO attempts (config_hash, attempt, started_at) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET started_at = min(started_at, excluded.started_at) RETURNING id`,
    ...[id.configHash, id.attempt, at],
  );
  if (found === undefined) throw new Error('an upsert returned no row');
  return found.id;
}

async function runStarted(db: Database, event: RunStarted, journalId: number): Promise<void> {
  const id = await attemptRow(db, event.id, event.at);
  await db.run(
    `UPDATE attempts SET started_at = ?, params = ?, targets = ?, study = ?, trial = ?, process = ?,
       journal_id = ? WHERE id = ?`,
    ...[event.at, JSON.stringify(event.params), JSON.stringify(event.targets)],
    ...[event.study?.name ?? null, event.study?.trial ?? null],
    ...[event.queue === undefined ? JSON.stringify(event.by) : null, journalId, id],
  );
  const stages = Object.entries(event.stages);
  for (const [position, [name, stage]] of stages.entries())
    await db.run(
      `INSERT INTO attempt_stages (attempt_id, stage, position, description, params, deps, series)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET position = excluded.position,
         description = excluded.description, params = excluded.params, deps = excluded.deps, series = excluded.series`,
      ...[id, name, position, stage.desc ?? null, JSON.stringify(stage.params), JSON.stringify(stage.deps)],
      JSON.stringify(stage.series ?? {}),
    );
  const params = Object.entries(flatten(event.params)).map(([name, value]): SqlValue[] => {
    const number = typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? value : null;
    return [id, name, JSON.stringify(value), number];
  });
  await db.insert('params', ['attempt_id', 'name', 'value', 'number'], params);
  const { at, tags, note } = event;
  await runMarked(db, id, { at, addTags: tags, ...(note === undefined ? {} : { note }) });
}

async function stageStarted(db: Database, event: StageStarted): Promise<void> {
  const id = await attemptRow(db, event.id, event.at);
  await db.run(
    `INSERT INTO attempt_stages (attempt_id, stage, fingerprint, started_at, retries) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint,
       started_at = coalesce(started_at, excluded.started_at), retries = max(retries, excluded.retries)`,
    ...[id, event.stage, event.fingerprint, event.at, event.retry],
  );
}

async function stageFinished(db: Database, event: StageFinished): Promise<void> {
  const id = await attemptRow(db, event.id, event.at);
  await db.run(
    `INSERT INTO attempt_stages
       (attempt_id, stage, outcome, fingerprint, finished_at, duration_ms, execution_ms, failure, differing)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET outcome = excluded.outcome, fingerprint = coalesce(excluded.fingerprint, fingerprint),
       finished_at = excluded.finished_at, duration_ms = excluded.duration_ms, execution_ms = excluded.execution_ms,
       failure = excluded.failure, differing = excluded.differing`,
    ...[id, event.stage, event.outcome, event.fingerprint ?? null, event.at, event.durationMs],
    ...[event.executionMs ?? null, jsonOrNull(event.failure), jsonOrNull(event.differing)],
  );
  const outputs = Object.entries(event.outputs ?? {}).map(([name, o]): SqlValue[] => [
    ...[id, event.stage, name, o.path, o.kind, o.hash, o.size],
  ]);
  await db.insert('outputs', ['attempt_id', 'stage', 'name', 'path', 'kind', 'hash', 'size'], outputs);
  await db.insert('metrics', metricColumns, metricRows(id, event));
  if (event.fingerprint !== undefined)
    await differed(db, event.at, 'published', { ...event, fingerprint: event.fingerprint }, event.differing ?? []);
}

const jsonOrNull = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

const metricColumns = [
  ...['attempt_id', 'name', 'stage', 'position', 'file', 'value', 'text', 'step', 'goal', 'comparable', 'holdout'],
] as const;

/** A series' summary is a metric too, unless a metrics file has one of that name: the file is what the stage concluded. */
function metricRows(attemptId: number, event: StageFinished): SqlValue[][] {
  const rows = new Map<string, SqlValue[]>();
  const add = (metric: string, file: string | null, value: number | string, rest: readonly SqlValue[]) => {
    const [number, text] = typeof value === 'number' ? [value, null] : [null, value];
    const position = rows.size;
    rows.set(metric, [attemptId, `${event.stage}.${metric}`, event.stage, position, file, number, text, ...rest]);
  };
  for (const [name, { value, step, goal, holdout }] of Object.entries(event.series ?? {}))
    add(name, null, value, [step, goal ?? null, '{}', Number(holdout ?? false)]);
  for (const [file, record] of Object.entries(event.metrics ?? {})) {
    const comparable = canonicalJson(record.comparable);
    for (const [name, value] of Object.entries(record.values))
      add(name, file, value, [null, goalAmong(record.goal, name), comparable, Number(record.holdout)]);
  }
  return [...rows.values()];
}

async function runReproduced(db: Database, event: RunReproduced): Promise<void> {
  const row = [event.id.configHash, event.id.attempt, event.at, event.verdict, event.firstDifference ?? null];
  await db.insert('reproductions', ['config_hash', 'attempt', 'at', 'verdict', 'first_difference'], [row]);
  for (const stage of event.stages ?? [])
    if (stage.sameInputs) await differed(db, event.at, 'reproduced', stage, stage.differing);
}

type OfTrial = TrialAsked | TrialLeft | TrialTold | ReplicateTold | TrialReopened | FinalTold;

async function trialRow(db: Database, event: OfTrial): Promise<void> {
  await db.run('INSERT OR IGNORE INTO studies (name, started_at) VALUES (?, ?)', event.study, event.at);
  await db.run('INSERT OR IGNORE INTO study_trials (study, trial) VALUES (?, ?)', event.study, event.trial);
}

async function trialAsked(db: Database, event: TrialAsked): Promise<void> {
  await trialRow(db, event);
  await db.run(
    `UPDATE study_trials SET params = ?, asked_at = ?, restarts = ?, process = ?, owner_dead = 0
     WHERE study = ? AND trial = ? AND (asked_at IS NULL OR ? > restarts OR (? = restarts AND ? >= asked_at))`,
    ...[JSON.stringify(event.params), event.at, event.restarts, JSON.stringify(event.by), event.study, event.trial],
    ...[event.restarts, event.restarts, event.at],
  );
}

/** Who is known to be gone: dead-runs.ts looks here, whichever of the journals is read first. */
async function trialLeft(db: Database, event: TrialLeft): Promise<void> {
  await trialRow(db, event);
  await db.run(
    'INSERT OR REPLACE INTO trial_left (study, trial, process, at, reason) VALUES (?, ?, ?, ?, ?)',
    ...[event.study, event.trial, JSON.stringify(event.by), event.at, event.reason],
  );
}

async function trialTold(db: Database, event: TrialTold): Promise<void> {
  await trialRow(db, event);
  await db.run(
    `UPDATE study_trials SET told = ?, told_at = ?, value = ?, reason = ?, replicates = ?, step = ?, seconds = ?, steps = ?
     WHERE study = ? AND trial = ? AND (told_at IS NULL OR ? >= told_at)`,
    ...[event.state, event.at, event.value ?? null, event.reason ?? null],
    ...[event.replicates === undefined ? null : JSON.stringify(event.replicates), event.step ?? null],
    ...[event.cost?.seconds ?? null, event.cost?.steps ?? null, event.study, event.trial, event.at],
  );
  const runs = event.runs.map((hash, position) => {
    return [event.study, event.trial, hash, position, event.replicates?.[position]?.[0] ?? null];
  });
  await db.insert('trial_runs', trialRunColumns, runs);
}

const trialRunColumns = ['study', 'trial', 'config_hash', 'position', 'value'];

/** A replicate more is a run more, and is in the trial's mean. */
async function replicateTold(db: Database, event: ReplicateTold): Promise<void> {
  await trialRow(db, event);
  if (event.run === undefined) return;
  const row = [event.study, event.trial, event.run, event.replicate, event.values?.[0] ?? null];
  await db.insert('trial_runs', trialRunColumns, [row]);
}

async function trialReopened(db: Database, event: TrialReopened): Promise<void> {
  await trialRow(db, event);
  await db.run(
    'UPDATE study_trials SET reopened_at = max(reopened_at, ?) WHERE study = ? AND trial = ?',
    ...[event.at, event.study, event.trial],
  );
}

/** The first word counts: the test part is looked at once. One that failed may be run again: of failures the last counts. */
async function finalTold(db: Database, event: FinalTold): Promise<void> {
  await trialRow(db, event);
  await db.run(
    `INSERT INTO final_runs (study, trial, replicate, at, config_hash, metrics, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET at = excluded.at, config_hash = excluded.config_hash, metrics = excluded.metrics,
       reason = excluded.reason
     WHERE iif(reason IS NULL,
       excluded.reason IS NULL AND (excluded.at < at OR (config_hash IS NULL AND excluded.config_hash IS NOT NULL)),
       excluded.reason IS NULL OR excluded.at > at)`,
    ...[event.study, event.trial, event.replicate, event.at, event.run ?? null],
    ...[JSON.stringify(event.metrics ?? {}), event.reason ?? null],
  );
}
