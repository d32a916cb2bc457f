/** Nothing stays `running` for ever: what a dead process left unfinished is marked, and revives if its news arrives. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from '../events.ts';
import type { ConfigHash } from '../hash.ts';
import type { Layout } from '../store/layout.ts';
import { namesIn } from '../store/listing.ts';
import { isAlive } from '../store/process-identity.ts';
import type { Database } from './database.ts';

/** After this long without a byte written, a run whose process cannot be judged from here counts as killed. */
const silenceMs = 24 * 60 * 60 * 1000;

interface Unfinished {
  readonly id: number;
  readonly config_hash: ConfigHash;
  readonly attempt: number;
  readonly process: string | null;
  readonly journal: string | null;
}

/** Marks attempts of dead processes as `killed`, and trials of dead workers as without an owner. */
export async function markDead(db: Database, layout: Layout): Promise<void> {
  await markLeft(db);
  const attempts = await db.all<Unfinished>(
    `SELECT a.id, config_hash, attempt, process, j.name AS journal FROM attempts a
     LEFT JOIN journals j ON j.id = a.journal_id WHERE status = 'running'`,
  );
  for (const attempt of attempts)
    if (await isDead(attempt, layout))
      await db.run(`UPDATE attempts SET status = 'killed' WHERE id = ? AND status = 'running'`, attempt.id);
  const trials = await db.all<{ study: string; trial: number; process: string }>(
    `SELECT t.study, t.trial, process FROM study_trials t JOIN trials v USING (study, trial)
     WHERE v.state = 'running' AND process IS NOT NULL`,
  );
  for (const { study, trial, process } of trials)
    if (isAlive(JSON.parse(process) as ProcessIdentity) === false)
      await db.run(
        'UPDATE study_trials SET owner_dead = 1 WHERE study = ? AND trial = ? AND process = ?',
        ...[study, trial, process],
      );
}

/** Those of whom another worker said that they are gone: it had asked Slurm, or waited for a sign of life. */
async function markLeft(db: Database): Promise<void> {
  await db.run(
    `UPDATE attempts SET status = 'killed' WHERE status = 'running' AND EXISTS (SELECT 1 FROM trial_left l
     WHERE l.study = attempts.study AND l.trial = attempts.trial AND l.process = attempts.process)`,
  );
  await db.run(
    `UPDATE study_trials SET owner_dead = 1 WHERE NOT owner_dead AND EXISTS (SELECT 1 FROM trial_left l
     WHERE l.study = study_trials.study AND l.trial = study_trials.trial AND l.process = study_trials.process)`,
  );
}

async function isDead(attempt: Unfinished, layout: Layout): Promise<boolean> {
  const alive = attempt.process === null ? 'unknown' : isAlive(JSON.parse(attempt.process) as ProcessIdentity);
  if (alive !== 'unknown') return !alive;
  const folder = layout.run(attempt.config_hash).attempt(attempt.attempt).folder;
  const signs = (await namesIn(folder)).map((name) => join(folder, name));
  const { seen } = layout.submission({ configHash: attempt.config_hash, attempt: attempt.attempt });
  signs.push(seen); // by whoever asked the queue after its jobs
  if (attempt.journal !== null) signs.push(join(layout.runs, attempt.journal));
  const writtenMs = await Promise.all(signs.map(async (file) => (existsSync(file) ? (await stat(file)).mtimeMs : 0)));
  return Date.now() - Math.max(0, ...writtenMs) > silenceMs;
}
