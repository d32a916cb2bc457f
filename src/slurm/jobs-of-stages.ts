/** Which job of the queue a stage of a submitted attempt was handed to. */
import type { AttemptId } from '../events.ts';
import type { Layout } from '../store/layout.ts';
import { jobOf, readSubmission, taskId } from './submissions.ts';

/** Stage → `12`, or `12_3`; empty of an attempt that was not submitted, or whose submission was removed since. */
export async function jobsOfStages(layout: Layout, id: AttemptId): Promise<ReadonlyMap<string, string>> {
  const jobs = new Map<string, string>();
  const submission = await readSubmission(layout, id);
  for (const unit of submission?.units ?? []) {
    const job = await jobOf(layout, id, unit.name);
    if (job !== undefined) for (const stage of unit.stages) jobs.set(stage, taskId(unit, job, stage));
  }
  return jobs;
}
