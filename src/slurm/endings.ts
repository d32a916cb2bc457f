/**
 * How jobs of a run ended otherwise than well. A queue forgets it after minutes, and a run may last for days: so it is noted by
 * whoever looks, and each batch script leaves its exit code.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode } from '../errors.ts';
import type { AttemptId } from '../events.ts';
import { jsonText, readIfThere, readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { namesIn } from '../store/listing.ts';
import { attempted } from '../store/mark-used.ts';
import { phaseOf, type SlurmJob } from './job-state.ts';

export function noteEndings(layout: Layout, id: AttemptId, jobs: readonly SlurmJob[]): void {
  for (const job of jobs) {
    if (phaseOf(job) !== 'ended' || job.state === 'COMPLETED') continue;
    const file = join(layout.submission(id).ended, `${job.id}.${job.restarts}.json`);
    if (!existsSync(file)) attempted(() => writeFileSync(file, jsonText(job)));
  }
}

/** Of a job that the queue knows no more, as it ended last. */
export async function notedEnding(layout: Layout, id: AttemptId, job: string): Promise<SlurmJob | undefined> {
  const { ended } = layout.submission(id);
  const own = (await namesIn(ended)).filter((name) => name.startsWith(`${job}.`));
  const restarts = Math.max(-1, ...own.map((name) => Number.parseInt(name.slice(job.length + 1), 10)));
  const seen = await readJson<SlurmJob>(join(ended, `${job}.${restarts}.json`));
  if (seen !== undefined) return seen;
  const code = Number.parseInt((await readIfThere(join(ended, `${job}.${restarts}`))) ?? '', 10);
  return Number.isNaN(code) ? undefined : asJob(job, restarts, code);
}

/** Who is told to end, and by nothing else than the limit, which the stage itself says, was cancelled. */
function asJob(id: string, restarts: number, code: number): SlurmJob {
  const wasTold = code === exitCode.terminated || code === exitCode.interrupted;
  const end = wasTold ? { state: 'CANCELLED' } : { state: 'FAILED', exitCode: code };
  return { id, submitted: id.split('_')[0] ?? id, ...end, reason: '', node: '', restarts, name: '', comment: '' };
}
