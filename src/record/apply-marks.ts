/** What is said of runs and results after they were made. Events come in any order: the latest word by its time counts. */
import type { RunMarked, StageFinished } from '../events.ts';
import type { Database, SqlValue } from './database.ts';

type Marks = Pick<RunMarked, 'at' | 'addTags' | 'removeTags' | 'note' | 'pinned'>;

export async function runMarked(db: Database, attemptId: number, marks: Marks): Promise<void> {
  const { at, addTags = [], removeTags = [], note, pinned } = marks;
  for (const [tags, added] of [[removeTags, 0] as const, [addTags, 1] as const])
    for (const tag of tags)
      await db.run(
        `INSERT INTO tag_marks (attempt_id, tag, at, added) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET at = excluded.at, added = excluded.added WHERE excluded.at >= at`,
        ...[attemptId, tag, at, added],
      );
  if (note !== undefined)
    await db.run('UPDATE attempts SET note = ?, note_at = ? WHERE id = ? AND note_at <= ?', note, at, attemptId, at);
  if (pinned !== undefined)
    await db.run(
      'UPDATE attempts SET pinned = ?, pinned_at = ? WHERE id = ? AND pinned_at <= ?',
      ...[Number(pinned), at, attemptId, at],
    );
}

/** Outputs that came out otherwise although everything that went in was the same. */
export async function differed(
  db: Database,
  at: number,
  source: 'published' | 'reproduced',
  { stage, fingerprint }: Required<Pick<StageFinished, 'stage' | 'fingerprint'>>,
  outputs: readonly string[],
): Promise<void> {
  const rows = outputs.map((output): SqlValue[] => [fingerprint, stage, at, source, output]);
  await db.insert('differences', ['fingerprint', 'stage', 'at', 'source', 'output'], rows);
}
