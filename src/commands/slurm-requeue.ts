/** A job whose time is nearly up asks to be put back into the queue. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Slurm } from '../slurm/client.ts';

const askingMs = { pause: 3_000, most: 300_000 };

/** Again while nobody answers: nothing else is left to do in the time there is, and the limit itself ends the asking. */
export async function requeueAtLimit(client: Pick<Slurm, 'requeue'>, job: string): Promise<Answer<void>> {
  for (const startedMs = performance.now(); ; await sleep(askingMs.pause)) {
    const answer = await client.requeue(job);
    if (answer.ok || answer.failure.kind !== 'unreachable') return answer;
    if (performance.now() - startedMs > askingMs.most) return answer;
    process.stderr.write(`job ${job} asks to be put back into the queue: ${answer.failure.message}\n`);
  }
}
