/** How a worker whose time is up goes on: back into the queue, or where that is not allowed as a job that follows it. */
import type { SlurmPlace } from '../events.ts';
import type { Slurm } from '../slurm/client.ts';
import { readSubmissions, submitWorkers } from '../slurm/submitted-workers.ts';
import { newNonce } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { takeMutex } from '../store/mutex.ts';
import { requeueAtLimit } from './slurm-requeue.ts';

/** @returns what came of it, in words */
export async function goOnLater(client: Slurm, layout: Layout, study: string, place: SlurmPlace): Promise<string> {
  const { job } = place;
  const requeued = await requeueAtLimit(client, job);
  if (requeued.ok) return `job ${job} goes back into the queue`;
  if (requeued.failure.kind !== 'refused') return `job ${job} ends: ${requeued.failure.message}`;
  const lock = await takeMutex(layout, `slurm-${study}`);
  try {
    const next = await succeed(client, layout.study(study).slurm.folder, place);
    return `job ${job} may not be requeued (${requeued.failure.message}): ${next}`;
  } finally {
    lock?.end();
  }
}

/** One more worker, submitted as those of its array were. */
async function succeed(client: Slurm, folder: string, { job, cluster }: SlurmPlace): Promise<string> {
  const [submitted, task = '0'] = job.split('_');
  const all = await readSubmissions(folder);
  const own = all.find((one) => one.job === submitted && (one.cluster ?? cluster) === cluster);
  if (own === undefined) return 'it ends, as there is no record of how it was submitted';
  const mark = `retrial:${newNonce()}`;
  const args = own.args.map((arg) => {
    if (arg.startsWith('--array=')) return `--array=${task}`;
    return arg.startsWith('--comment=retrial:') ? `--comment=${mark}` : arg;
  });
  const answer = await submitWorkers(folder, client, () => ({ mark, workers: 1, args }));
  if (answer.ok) return `job ${answer.value} follows it`;
  return `it ends, as no other could be submitted: ${answer.failure.message}`;
}
