/** What is shown of a study's workers in the queue: how many wait and run, and each that ended otherwise than it should. */
import type { Slurm } from '../slurm/client.ts';
import { phaseOf, type SlurmJob } from '../slurm/job-state.ts';
import { endingOf, stuckBecause } from '../slurm/job-words.ts';
import { lastWords } from '../slurm/last-words.ts';
import { printedInto } from '../slurm/out-of-memory.ts';
import { type SubmittedWorkers, submittedWorkers } from '../slurm/submitted-workers.ts';

export interface WorkerWatch {
  /** Asks Slurm; says what is new. */
  look(): Promise<void>;
  /** How they stand, for the head of the screen; undefined before anything is known. */
  line(): string | undefined;
  /** Whether Slurm says that none waits or runs; false while it does not answer. */
  isNobodyLeft(): boolean;
}

export interface Workers {
  /** Of what was submitted. */
  readonly folder: string;
  /** The file that one printed into, by the id of its job. */
  readonly log: (id: string) => string;
}

export function workerWatch({ folder, log }: Workers, client: Slurm, say: (line: string) => void): WorkerWatch {
  const said = new Set<string>();
  let line: string | undefined;
  let isReachable = true;
  let nobodyLeft = true; // as long as none was submitted
  const once = (key: string, text: string) => {
    if (!said.has(key)) say(text);
    said.add(key);
  };
  const take = ({ submissions, jobs, unanswered, elsewhere }: SubmittedWorkers) => {
    const alive = jobs.filter((job) => phaseOf(job) !== 'ended');
    nobodyLeft = alive.length + unanswered.length + elsewhere.length === 0;
    for (const cluster of elsewhere) once(`at ${cluster}`, `workers: some are in the queue of cluster ${cluster}`);
    const now = standing(alive);
    once(`line ${now} of ${submissions.length}`, `workers: ${now}`);
    line = now;
    for (const [reason, waiting] of stuckOnes(alive)) once(`stuck ${reason}`, `workers: ${waiting}`);
    for (const job of jobs)
      if (phaseOf(job) === 'ended' && job.state !== 'COMPLETED')
        once(`${job.id}.${job.restarts}`, `worker ${job.id} ${endedHow(job, log)}`);
  };
  return {
    look: async () => {
      const answer = await submittedWorkers(folder, client);
      if (answer.ok) {
        if (!isReachable) say('Slurm answers again');
        isReachable = true;
        return take(answer.value);
      }
      nobodyLeft = false;
      line = `Slurm does not answer (${answer.failure.message})`;
      if (isReachable) say(`${line}; the study is followed by its journals`);
      isReachable = false;
    },
    line: () => line && `workers: ${line}`,
    isNobodyLeft: () => nobodyLeft,
  };
}

/** Of one that failed by itself, with what it printed last. */
function endedHow(job: SlurmJob, log: Workers['log']): string {
  const how = endingOf(job, (id) => printedInto(log(id)));
  return job.state === 'FAILED' ? `${how}; ${lastWords(log(job.id))}` : how;
}

function standing(alive: readonly SlurmJob[]): string {
  const running = alive.filter((job) => phaseOf(job) === 'running').length;
  const waiting = alive.filter((job) => phaseOf(job) === 'waiting');
  if (waiting.length === 0) return `${running} running`;
  const reasons = [...new Set(waiting.map(({ reason }) => reason).filter((reason) => reason !== ''))];
  return `${running} running, ${waiting.length} waiting${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`;
}

/** By Slurm's word for it: those that wait until somebody acts. */
function stuckOnes(alive: readonly SlurmJob[]): Map<string, string> {
  const by = new Map<string, { words: string; ids: string[] }>();
  for (const job of alive) {
    const words = stuckBecause(job);
    if (words === undefined) continue;
    const one = by.get(job.reason) ?? { words, ids: [] };
    one.ids.push(job.id);
    by.set(job.reason, one);
  }
  return new Map(
    [...by].map(([reason, { words, ids }]) => [
      reason,
      `${ids.length === 1 ? `job ${ids[0]} waits` : `${ids.length} jobs wait, such as ${ids[0]},`} in vain: ${words} (${reason}); scancel ${ids[0]?.split('_')[0]} takes ${ids.length === 1 ? 'it' : 'them'} out of the queue`,
    ]),
  );
}
