/** The jobs of a submission that the queue does not have yet, dependencies first, the one that seals the attempt last. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownFolder } from '../../own-package.ts';
import { lateMs, mayStillHappen, type Slurm, type SlurmFailure } from '../../slurm/client.ts';
import { phaseOf } from '../../slurm/job-state.ts';
import { batchScript } from '../../slurm/script.ts';
import {
  closing,
  type JobUnit,
  jobName,
  openSubmissions,
  type Submission,
  taskId,
  unansweredAt,
  writeJob,
  writeUnanswered,
} from '../../slurm/submissions.ts';
import { dependenciesOn, secondsAhead, unitArguments, type Wishes } from '../../slurm/unit-arguments.ts';
import { writeAtomic } from '../../store/files.ts';
import type { Layout } from '../../store/layout.ts';
import { sealAttempt } from './seal-attempt.ts';
import { jobsOf } from './settle.ts';

export interface Submitting {
  readonly layout: Layout;
  /** Absolute path of pipeline.yaml. */
  readonly file: string;
  readonly wishes: Wishes;
  readonly slurm: Slurm;
}

export type UnitsSubmitted =
  | { readonly kind: 'submitted'; readonly jobs: ReadonlyMap<string, string> }
  /** Slurm refused one of them: those before were cancelled, and the attempt is sealed. */
  | { readonly kind: 'refused'; readonly failure: SlurmFailure }
  /** Nobody answered half-way, or what a submission that stands lacked was refused: the same command again goes on. */
  | { readonly kind: 'incomplete'; readonly failure: SlurmFailure; readonly jobs: ReadonlyMap<string, string> };

/** @param isNew where false, some of them may be in the queue */
export async function submitUnits(
  submitting: Submitting,
  submission: Submission,
  isNew: boolean,
): Promise<UnitsSubmitted> {
  const { layout, slurm } = submitting;
  const jobs = await jobsOf(layout, submission);
  const units = [...submission.units, sealing(submission)].filter(({ name }) => !jobs.has(name));
  if (units.length === 0) return { kind: 'submitted', jobs };
  const lost = isNew ? new Map<string, string>() : await jobsByName(slurm);
  if ('kind' in lost) return { kind: 'incomplete', failure: lost, jobs };
  const shared = await jobsSharing(submitting, submission);
  for (const unit of units) {
    const known = lost.get(jobName(submission, unit.name));
    const job =
      known ??
      (await unanswered(layout, submission, unit)) ??
      (await submitUnit(submitting, submission, unit, { jobs, shared }));
    if (typeof job !== 'string')
      return isNew && job.kind === 'refused'
        ? await refused(submitting, submission, job, jobs)
        : { kind: 'incomplete', failure: job, jobs };
    await writeJob(layout, submission.id, unit.name, job);
    jobs.set(unit.name, job);
  }
  return { kind: 'submitted', jobs };
}

/** What sbatch was asked for a moment ago may come into the queue yet: asked again there would be two. */
async function unanswered(layout: Layout, { id }: Submission, { name }: JobUnit): Promise<SlurmFailure | undefined> {
  const at = await unansweredAt(layout, id, name);
  const leftMs = at === undefined ? 0 : at + lateMs - Date.now();
  if (leftMs <= 0) return undefined;
  const message = `whether it took the job of ${name} is not known yet: it is not asked again for ${Math.ceil(leftMs / 60_000)} min`;
  return { kind: 'unreachable', message };
}

/** It begins when all others have ended, however they did. */
export function sealing({ units }: Pick<Submission, 'units'>): JobUnit {
  return { name: closing, stages: [closing], resources: { cpus: 1 }, after: units.map(({ name }) => ({ unit: name })) };
}

/** A command that was killed may have had an answer that it could not write down any more. */
async function jobsByName(slurm: Slurm): Promise<Map<string, string> | SlurmFailure> {
  const mine = await slurm.mine();
  return mine.ok ? new Map(mine.value.map(({ name, submitted }) => [name, submitted])) : mine.failure;
}

interface Before {
  /** Of units of this submission. */
  readonly jobs: ReadonlyMap<string, string>;
  /** Stage → jobs of other submissions that may come to the same result. */
  readonly shared: ReadonlyMap<string, readonly string[]>;
}

async function submitUnit(
  { layout, file, wishes, slurm }: Submitting,
  submission: Submission,
  unit: JobUnit,
  { jobs, shared }: Before,
): Promise<string | SlurmFailure> {
  const root = dirname(file);
  const own = unit.name === closing ? ended([...jobs.values()]) : dependenciesOn(unit.after, jobs);
  const dependencies = [...own, ...ended(unit.stages.flatMap((stage) => shared.get(stage) ?? []))];
  const folder = dirname(layout.submission(submission.id).output(unit.name));
  const args = unitArguments(submission, unit, { wishes, folder, dependencies });
  const name = `${submission.id.configHash}@${submission.id.attempt}`;
  const what =
    unit.name === closing
      ? ['--seal', name]
      : ['--job', name, '--unit', unit.name, '--ahead', String(secondsAhead(unit, wishes))];
  const command = [process.execPath, join(ownFolder(), 'bin', 'retrial.js'), '-C', root, 'run', ...what];
  const setup = wishes.site.setup === undefined ? {} : { setup: wishes.site.setup };
  const script = layout.submission(submission.id).script(unit.name);
  const { ended: noted } = layout.submission(submission.id);
  mkdirSync(noted, { recursive: true });
  await writeAtomic(script, batchScript({ workdir: root, ...setup, command, ended: noted, submitted: args }));
  const answer = await slurm.submit([...args, script]);
  if (answer.ok) return answer.value;
  if (mayStillHappen(answer.failure)) await writeUnanswered(layout, submission.id, unit.name);
  return answer.failure;
}

function ended(jobs: readonly string[]): string[] {
  return jobs.length === 0 ? [] : [`afterany:${[...new Set(jobs)].join(':')}`];
}

/**
 * Who would come to the same result waits for whoever was first, in the queue: on a node it would wait holding what others
 * could use. Where that cannot be told it waits there: claims see to it that only one computes.
 */
async function jobsSharing({ layout, slurm }: Submitting, submission: Submission): Promise<Before['shared']> {
  const shared = new Map<string, { readonly task: string; readonly job: string }[]>();
  for (const other of await openSubmissions(layout)) {
    if (other.nonce === submission.nonce || isOfAnotherCluster(submission, other)) continue;
    const jobs = await jobsOf(layout, other);
    for (const unit of other.units)
      for (const stage of unit.stages) {
        const job = jobs.get(unit.name);
        const same = job === undefined ? [] : sameResult(submission, other, stage);
        for (const mine of same)
          shared.set(mine, [...(shared.get(mine) ?? []), { task: taskId(unit, job ?? '', stage), job: job ?? '' }]);
      }
  }
  if (shared.size === 0) return new Map();
  const answer = await slurm.jobs([...new Set([...shared.values()].flat().map(({ job }) => job))]);
  const there = new Set(answer.ok ? answer.value.filter((job) => phaseOf(job) !== 'ended').map(({ id }) => id) : []);
  return new Map(
    [...shared].map(([stage, all]) => [stage, all.map(({ task }) => task).filter((task) => there.has(task))]),
  );
}

function isOfAnotherCluster({ cluster }: Submission, other: Submission): boolean {
  return cluster !== undefined && other.cluster !== undefined && cluster !== other.cluster;
}

/** Stages of this submission: of one config the same stage, of another that with the same key. */
function sameResult(submission: Submission, other: Submission, stage: string): string[] {
  const own = submission.units.flatMap(({ stages }) => stages);
  if (other.id.configHash === submission.id.configHash) return own.filter((name) => name === stage);
  const key = other.keys[stage];
  return key === undefined ? [] : own.filter((name) => submission.keys[name] === key);
}

async function refused(
  submitting: Submitting,
  submission: Submission,
  failure: SlurmFailure,
  jobs: ReadonlyMap<string, string>,
): Promise<UnitsSubmitted> {
  const { slurm } = submitting;
  if (jobs.size > 0) await slurm.cancel([...jobs.values()]);
  const said = failure.message;
  await sealAttempt({
    ...{ ...submitting, submission },
    failureOf: async (stage) => ({ kind: 'job', how: 'refused', job: stage, said }),
  });
  return { kind: 'refused', failure };
}
