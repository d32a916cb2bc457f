/** The runs that are exported: those that `compare` would show, with what the index knows of each. */
import { UserError } from '../errors.ts';
import { byAttempt } from '../record/by-attempt.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow, ReplicateRow, RunRow, StudyRow } from '../record/rows.ts';
import { pushTo } from '../report/ranking.ts';
import { selectedRuns } from '../report/record-rows.ts';

export interface ExportedRun {
  readonly run: RunRow;
  readonly metrics: readonly MetricRow[];
  /** The study it is exported with: the one that was selected, or that it was run for. */
  readonly study: string | null;
  readonly trial: number | null;
  /** Its place among the runs of its trial, from 0; null where it is of no trial, or of one that has not ended. */
  readonly replicate: number | null;
}

export interface ExportedRuns {
  /** Where the selection is one study in whole. */
  readonly study: StudyRow | undefined;
  readonly runs: readonly ExportedRun[];
}

/** In the order they were begun. Throws {@link UserError} where there is none. */
export async function exportedRuns(index: Index, selection: readonly string[]): Promise<ExportedRuns> {
  const { study, runs } = await selectedRuns(index, selection);
  if (runs.length === 0) throw new UserError('there is no run to export', 'start one with `retrial run`');
  const metricsOf = byAttempt(await index.metrics(runs.map(({ attemptId }) => attemptId)));
  const places = new Map<string, ReplicateRow[]>();
  for (const row of await index.replicates()) pushTo(places, row.configHash, row);
  const exported = runs.map((run): ExportedRun => {
    const wanted = study?.name ?? run.study;
    const place = places.get(run.configHash)?.find((one) => one.study === wanted);
    const trial = place?.trial ?? (run.study === wanted ? run.trial : null);
    return {
      run,
      metrics: metricsOf(run.attemptId),
      study: wanted,
      trial,
      replicate: place?.replicate ?? null,
    };
  });
  return { study, runs: exported.sort(byStart) };
}

function byStart({ run: a }: ExportedRun, { run: b }: ExportedRun): number {
  return a.startedAt - b.startedAt || (a.configHash < b.configHash ? -1 : 1);
}
