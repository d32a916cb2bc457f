/** What Slurm knows of the owners of claims, asked when somebody wonders, and seldom. */
import type { ProcessIdentity, SlurmPlace } from '../events.ts';
import type { Authority } from '../store/claim-life.ts';
import type { Slurm, SlurmFailure } from './client.ts';
import { phaseOf, type SlurmJob } from './job-state.ts';
import { endingOf } from './job-words.ts';

/** Between two questions of one process; the answer of one is about all that were wondered about. */
const pauseMs = 5_000;
const pauseUnansweredMs = 30_000;

/**
 * A job that is asked about for the first time is not known yet: who wonders again soon is told.
 *
 * @param printed what a job printed, where that is known
 */
export function slurmAuthority(
  client: Pick<Slurm, 'jobs' | 'cluster'>,
  printed?: (id: string) => string,
  now = () => performance.now(),
): Authority {
  /** By {@link keyOf}: what is gone stays so. */
  const gone = new Map<string, string>();
  const wondered = new Map<string, SlurmPlace>();
  let nextMs = 0;
  let asking = false;
  const ask = async () => {
    asking = true;
    const all = [...wondered.values()];
    wondered.clear();
    const here = await client.cluster();
    const places = all.filter(({ cluster }) => cluster === undefined || (here.ok && cluster === here.value));
    const answer = here.ok ? await client.jobs([...new Set(places.map(({ job }) => submittedOf(job)))]) : here;
    if (answer.ok) for (const place of places) take(gone, place, answer.value, printed);
    nextMs = now() + pauseAfter(answer.ok ? undefined : answer.failure);
    asking = false;
  };
  return {
    whyGone: ({ slurm }: ProcessIdentity) => {
      if (slurm === undefined) return undefined;
      const key = keyOf(slurm);
      const known = gone.get(key);
      if (known !== undefined) return known;
      wondered.set(key, slurm);
      if (!asking && now() >= nextMs) void ask();
      return undefined;
    },
  };
}

function pauseAfter(failure: SlurmFailure | undefined): number {
  if (failure === undefined) return pauseMs;
  return failure.kind === 'missing-command' ? Number.POSITIVE_INFINITY : pauseUnansweredMs;
}

function keyOf({ job, restarts, cluster = '' }: SlurmPlace): string {
  return `${cluster} ${job}.${restarts}`;
}

/** `12` of `12_3`. */
function submittedOf(job: string): string {
  return job.split('_')[0] ?? job;
}

function take(
  gone: Map<string, string>,
  place: SlurmPlace,
  jobs: readonly SlurmJob[],
  printed?: (id: string) => string,
): void {
  const why = whyGone(place, jobs, printed);
  if (why !== undefined) gone.set(keyOf(place), `job ${place.job} ${why}`);
}

/** @param jobs all that Slurm still knows of what was submitted under its number */
export function whyGone(
  { job, restarts }: SlurmPlace,
  jobs: readonly SlurmJob[],
  printed?: (id: string) => string,
): string | undefined {
  const found = jobs.find(({ id }) => id === job);
  if (found === undefined) return 'is gone from the queue';
  if (found.restarts > restarts) return 'was requeued';
  return phaseOf(found) === 'ended' ? endingOf(found, printed) : undefined;
}
