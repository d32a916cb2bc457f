/** Follows a submission to its end, as a local run is followed; whoever stops following changes nothing. */
import { statSync } from 'node:fs';
import type { RunStatus, Sink, StageFinished } from '../../events.ts';
import { phaseOf, type SlurmJob } from '../../slurm/job-state.ts';
import { stuckBecause } from '../../slurm/job-words.ts';
import type { Submission } from '../../slurm/submissions.ts';
import { stageIn, wordFiles, wordOf, words } from '../../slurm/words.ts';
import { attemptLock } from '../../store/attempts.ts';
import { namesIn } from '../../store/listing.ts';
import { pause } from '../../store/waiting.ts';
import { followSeries } from '../follow.ts';
import { jobsOf, type Queue, settle } from './settle.ts';

export interface Following extends Queue {
  readonly submission: Submission;
  readonly sink: Sink;
  readonly signal: AbortSignal;
  /** News of the queue: what waits and why, or that nobody answers. */
  readonly say: (line: string) => void;
}

export interface Followed {
  readonly status: RunStatus;
  /** Of the stages of its jobs. */
  readonly ended: ReadonlyMap<string, StageFinished>;
}

const everyMs = { words: 400, queue: 15_000 };

/** @returns undefined where the signal came first */
export async function followSubmission(following: Following): Promise<Followed | undefined> {
  const { layout, submission, signal } = following;
  const screen = stageNews(following);
  const queue = queueNews(following);
  try {
    for (let askedMs = performance.now(); !signal.aborted; ) {
      const lock = await attemptLock(layout, submission.id); // first: what was said before it is read after it
      await screen.read();
      if (lock !== undefined) return { status: lock.status, ended: await endings(following) };
      if (performance.now() - askedMs > everyMs.queue) {
        await queue.read();
        askedMs = performance.now();
      }
      await pause(everyMs.words, signal);
    }
    return undefined;
  } finally {
    await screen.close();
  }
}

/** Beginnings, ends and what is reported between them; each once, however often a job is put back. */
function stageNews({ layout, submission, sink }: Following) {
  const told = new Set<string>();
  const sizes = new Map<string, string>();
  const live = new Map<string, () => Promise<void>>();
  const files = layout.run(submission.id.configHash).attempt(submission.id.attempt);
  const stages = submission.units.flatMap((unit) => unit.stages);
  const stop = async (stage: string) => {
    await live.get(stage)?.();
    live.delete(stage);
  };
  return {
    read: async () => {
      const there = new Set((await namesIn(layout.submission(submission.id).words)).map(stageIn));
      for (const stage of stages.filter((name) => there.has(name))) {
        const said = await wordFiles(layout, submission.id, stage);
        const size = said.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0).join();
        if (size === sizes.get(stage)) continue;
        sizes.set(stage, size);
        for (const word of await words(layout, submission.id, stage)) {
          const { event } = word;
          if (told.has(JSON.stringify(word))) continue;
          told.add(JSON.stringify(word));
          await stop(stage);
          sink(event);
          if (event.type === 'stage-started')
            live.set(stage, followSeries(files.series(stage), submission.id, stage, sink));
        }
      }
    },
    close: async () => {
      for (const stage of live.keys()) await stop(stage);
    },
  };
}

/** Says what the queue says where that has changed, and seals what nobody else will. */
function queueNews(following: Following) {
  let before = '';
  return {
    read: async () => {
      const state = await settle(following, following.submission);
      const line = typeof state === 'string' ? await waiting(following) : `Slurm: ${state.message}`;
      if (line !== '' && line !== before) following.say(line);
      before = line;
    },
  };
}

async function waiting({ layout, slurm, submission }: Following): Promise<string> {
  const answer = await slurm.jobs([...(await jobsOf(layout, submission)).values()]);
  if (!answer.ok) return `Slurm: ${answer.failure.message}`;
  const jobs = answer.value.filter((job) => phaseOf(job) === 'waiting' && job.reason !== 'Dependency');
  const reasons = new Map<string, SlurmJob[]>();
  for (const job of jobs) reasons.set(job.reason, [...(reasons.get(job.reason) ?? []), job]);
  return [...reasons]
    .map(([reason, [first, ...more]]) => {
      const wait = more.length === 0 ? 'waits' : `and ${more.length} more wait`;
      const why = first && stuckBecause(first);
      return `job ${first?.id} ${wait}: ${reason || 'for its turn'}${why === undefined ? '' : ` (${why})`}`;
    })
    .join('; ');
}

async function endings({ layout, submission }: Following): Promise<Map<string, StageFinished>> {
  const ended = new Map<string, StageFinished>();
  for (const stage of submission.units.flatMap((unit) => unit.stages)) {
    const { finished } = await wordOf(layout, submission.id, stage);
    if (finished !== undefined) ended.set(stage, finished);
  }
  return ended;
}
