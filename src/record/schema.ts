import { views } from './views.ts';
import { emptyWideViews } from './wide-views.ts';

/**
 * The index as SQL. Tables and views are a public interface, documented in docs/schema.md; a change of them is a new
 * {@link schemaVersion}, and an index of an earlier one is made again from the journals.
 */
export const schemaVersion = 7;

/** Written in the file's header, so that tools can tell what it is: `Rtrl`. */
export const applicationId = 0x5274726c;

const journals = `
CREATE TABLE journals (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  read_to INTEGER NOT NULL DEFAULT 0,
  unknown_events INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE journal_problems (
  journal_id INTEGER NOT NULL REFERENCES journals (id) ON DELETE CASCADE,
  offset INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (journal_id, offset)
) WITHOUT ROWID;`;

const attempts = `
CREATE TABLE attempts (
  id INTEGER PRIMARY KEY,
  config_hash TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'complete', 'failed', 'cancelled', 'pruned', 'killed')),
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  duration_ms REAL,
  params TEXT NOT NULL DEFAULT '{}',
  targets TEXT NOT NULL DEFAULT '[]',
  note TEXT,
  note_at INTEGER NOT NULL DEFAULT 0,
  pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
  pinned_at INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
  removed_at INTEGER NOT NULL DEFAULT 0,
  study TEXT,
  trial INTEGER,
  process TEXT,
  journal_id INTEGER REFERENCES journals (id) ON DELETE SET NULL,
  UNIQUE (config_hash, attempt)
);
CREATE INDEX attempts_by_start ON attempts (started_at);
CREATE INDEX attempts_by_trial ON attempts (study, trial);
CREATE INDEX attempts_running ON attempts (status) WHERE status = 'running';
CREATE TABLE tag_marks (
  attempt_id INTEGER NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  at INTEGER NOT NULL,
  added INTEGER NOT NULL CHECK (added IN (0, 1)),
  PRIMARY KEY (attempt_id, tag)
) WITHOUT ROWID;
CREATE INDEX tag_marks_by_tag ON tag_marks (tag);
CREATE TABLE params (
  attempt_id INTEGER NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  number REAL,
  PRIMARY KEY (attempt_id, name)
) WITHOUT ROWID;
CREATE INDEX params_by_name ON params (name, number);
CREATE TABLE reproductions (
  config_hash TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('identical', 'equal-metrics', 'different', 'drifted', 'failed')),
  first_difference TEXT,
  PRIMARY KEY (config_hash, attempt, at)
) WITHOUT ROWID;
CREATE TABLE differences (
  fingerprint TEXT NOT NULL,
  stage TEXT NOT NULL,
  at INTEGER NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('published', 'reproduced')),
  output TEXT NOT NULL,
  PRIMARY KEY (fingerprint, stage, at, source, output)
) WITHOUT ROWID;`;

const stages = `
CREATE TABLE attempt_stages (
  attempt_id INTEGER NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
  stage TEXT NOT NULL,
  position INTEGER NOT NULL DEFAULT 0,
  description TEXT,
  params TEXT NOT NULL DEFAULT '[]',
  deps TEXT NOT NULL DEFAULT '[]',
  series TEXT NOT NULL DEFAULT '{}',
  outcome TEXT CHECK (outcome IN ('fresh', 'cached', 'ran', 'pruned', 'failed', 'cancelled')),
  fingerprint TEXT,
  started_at INTEGER,
  finished_at INTEGER,
  duration_ms REAL,
  execution_ms REAL,
  retries INTEGER NOT NULL DEFAULT 0,
  failure TEXT,
  differing TEXT,
  PRIMARY KEY (attempt_id, stage)
) WITHOUT ROWID;
CREATE INDEX attempt_stages_by_fingerprint ON attempt_stages (fingerprint);
CREATE TABLE outputs (
  attempt_id INTEGER NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
  stage TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('file', 'folder')),
  hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (attempt_id, stage, name)
) WITHOUT ROWID;
CREATE INDEX outputs_by_hash ON outputs (hash);
CREATE TABLE metrics (
  attempt_id INTEGER NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  stage TEXT NOT NULL,
  position INTEGER NOT NULL,
  file TEXT,
  value REAL,
  text TEXT CHECK (text IN ('NaN', 'Infinity', '-Infinity')),
  step INTEGER,
  goal TEXT CHECK (goal IN ('maximize', 'minimize')),
  comparable TEXT NOT NULL DEFAULT '{}',
  holdout INTEGER NOT NULL DEFAULT 0 CHECK (holdout IN (0, 1)),
  PRIMARY KEY (attempt_id, name),
  CHECK ((value IS NULL) <> (text IS NULL))
) WITHOUT ROWID;
CREATE INDEX metrics_by_name ON metrics (name, value);`;

const studies = `
CREATE TABLE studies (
  name TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  spec TEXT NOT NULL DEFAULT 'null',
  spec_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE study_trials (
  study TEXT NOT NULL REFERENCES studies (name) ON DELETE CASCADE,
  trial INTEGER NOT NULL,
  params TEXT NOT NULL DEFAULT '{}',
  asked_at INTEGER,
  restarts INTEGER NOT NULL DEFAULT 0,
  process TEXT,
  owner_dead INTEGER NOT NULL DEFAULT 0 CHECK (owner_dead IN (0, 1)),
  told TEXT CHECK (told IN ('complete', 'failed', 'pruned')),
  told_at INTEGER,
  value REAL,
  reason TEXT,
  reopened_at INTEGER NOT NULL DEFAULT 0,
  replicates TEXT,
  step INTEGER,
  seconds REAL,
  steps INTEGER,
  PRIMARY KEY (study, trial)
) WITHOUT ROWID;
CREATE TABLE trial_runs (
  study TEXT NOT NULL,
  trial INTEGER NOT NULL,
  config_hash TEXT NOT NULL,
  position INTEGER NOT NULL DEFAULT 0,
  value REAL,
  PRIMARY KEY (study, trial, config_hash),
  FOREIGN KEY (study, trial) REFERENCES study_trials (study, trial) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE trial_left (
  study TEXT NOT NULL,
  trial INTEGER NOT NULL,
  process TEXT NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (study, trial, process),
  FOREIGN KEY (study, trial) REFERENCES study_trials (study, trial) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX trial_runs_by_config ON trial_runs (config_hash);
CREATE TABLE final_runs (
  study TEXT NOT NULL REFERENCES studies (name) ON DELETE CASCADE,
  trial INTEGER NOT NULL,
  replicate INTEGER NOT NULL,
  at INTEGER NOT NULL,
  config_hash TEXT,
  metrics TEXT NOT NULL DEFAULT '{}',
  reason TEXT,
  PRIMARY KEY (study, trial, replicate)
) WITHOUT ROWID;`;

/** Makes an empty database an index of this version. */
export const schemaSql = `${journals}${attempts}${stages}${studies}${views}
${emptyWideViews}
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${schemaVersion};`;
