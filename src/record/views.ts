/** What analysts ask for, as views over the tables of `schema.ts`; described in docs/schema.md. */

/**
 * Which attempt speaks for a config: the first in this order of the view `standings`. What went wrong, was stopped or is
 * under way never speaks where another is complete; a rerun of a part never where a whole one is; of equals the newest.
 */
export const speaksFirst = 'rank, results DESC, attempt DESC';

/**
 * What is said of a run is said of all its attempts, whichever of them was named: of each tag, of the note and of the pin
 * the last word counts. A failed trial that was begun again after is running, not failed; what was removed is in none.
 * Results are counted of the stages that the pipeline had at the newest attempt: one that is gone from it adds nothing.
 */
export const views = `
CREATE VIEW run_marks AS
  SELECT config_hash,
    (SELECT json_group_array(tag) FROM
      (SELECT m.tag, m.added, max(m.at * 2 + m.added) FROM attempts t CROSS JOIN tag_marks m ON m.attempt_id = t.id
        WHERE t.config_hash = r.config_hash AND NOT t.removed GROUP BY m.tag ORDER BY m.tag)
      WHERE added) AS tags,
    (SELECT note FROM attempts n WHERE n.config_hash = r.config_hash AND NOT n.removed
      ORDER BY note_at DESC, attempt DESC LIMIT 1) AS note,
    (SELECT pinned FROM attempts p WHERE p.config_hash = r.config_hash AND NOT p.removed
      ORDER BY pinned_at DESC, attempt DESC LIMIT 1) AS pinned
  FROM (SELECT DISTINCT config_hash FROM attempts WHERE NOT removed) r;
CREATE VIEW standings AS
  SELECT id AS attempt_id, config_hash, attempt, study,
    CASE status WHEN 'complete' THEN 0 WHEN 'killed' THEN 2 ELSE 1 END AS rank,
    CASE status WHEN 'complete' THEN (SELECT count(*) FROM attempt_stages s
      JOIN attempt_stages n ON n.stage = s.stage AND n.attempt_id = (SELECT id FROM attempts b
        WHERE b.config_hash = a.config_hash AND NOT b.removed ORDER BY b.attempt DESC LIMIT 1)
      WHERE s.attempt_id = a.id AND s.outcome IN ('fresh', 'cached', 'ran')) ELSE 0 END AS results
  FROM attempts a WHERE NOT removed;
CREATE VIEW nondeterministic_stages AS
  SELECT fingerprint, stage, json_group_array(DISTINCT output) AS outputs, min(at) AS at
  FROM differences GROUP BY fingerprint, stage;
CREATE VIEW runs AS
  SELECT id AS attempt_id, config_hash, attempt, status,
    strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch') AS started,
    started_at, finished_at, duration_ms, params, targets, k.tags, k.note, k.pinned, study, trial, process,
    (SELECT verdict FROM reproductions r WHERE r.config_hash = a.config_hash ORDER BY at DESC LIMIT 1) AS reproduced
  FROM attempts a JOIN run_marks k USING (config_hash)
  WHERE id IN (SELECT attempt_id FROM (
    SELECT attempt_id, row_number() OVER (PARTITION BY config_hash ORDER BY ${speaksFirst}) AS place FROM standings)
    WHERE place = 1);
CREATE VIEW tags AS SELECT attempt_id, config_hash, j.value AS tag FROM runs r JOIN json_each(r.tags) j;
CREATE VIEW run_metrics AS
  SELECT r.config_hash, r.status, m.* FROM runs r JOIN metrics m USING (attempt_id);
CREATE VIEW run_params AS
  SELECT r.config_hash, r.status, p.* FROM runs r JOIN params p USING (attempt_id);
CREATE VIEW trials AS
  SELECT study, trial,
    CASE
      WHEN told_at <= reopened_at THEN iif(asked_at > reopened_at AND NOT owner_dead, 'running', 'waiting')
      WHEN told IN ('complete', 'pruned') THEN told
      WHEN told = 'failed' AND (asked_at IS NULL OR told_at >= asked_at) THEN told
      WHEN asked_at IS NULL OR owner_dead THEN 'waiting'
      ELSE 'running'
    END AS state,
    coalesce((SELECT avg(value) FROM trial_runs m WHERE m.study = t.study AND m.trial = t.trial AND told = 'complete'
      HAVING count(value) > json_array_length(replicates)), value) AS value,
    params, reason, replicates, step, seconds, steps, restarts, asked_at, told_at,
    (SELECT json_group_array(config_hash) FROM (SELECT config_hash FROM trial_runs r
      WHERE r.study = t.study AND r.trial = t.trial ORDER BY position, config_hash)) AS runs
  FROM study_trials t;`;
