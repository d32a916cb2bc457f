/** Work that several workers share beside trials: each task is claimed, done and told once. */
import { join } from 'node:path';
import type { FinalTold, ReplicateTold } from '../events.ts';
import { tryClaim } from '../store/claims.ts';
import type { Layout } from '../store/layout.ts';
import { patience } from './patience.ts';
import type { Study } from './study.ts';
import type { StudyState } from './study-state.ts';

export interface SharedTask {
  readonly kind: 'replicate' | 'final';
  readonly trial: number;
  readonly replicate: number;
  /** How often it was opened again after it had failed; never where absent. */
  readonly reopened?: number;
}

export interface Sharing {
  readonly study: Study;
  readonly folder: ReturnType<Layout['study']>;
  /** What is left to do in a state: what was told is not in it any more. */
  due(state: StudyState): readonly SharedTask[];
  /** @returns what is to be told of it; undefined where it was interrupted */
  run(task: SharedTask): Promise<ReplicateTold | FinalTold | undefined>;
  readonly stopping: AbortSignal;
}

const pollMs = 300;

export async function shareTasks(sharing: Sharing): Promise<void> {
  const { study, due, stopping } = sharing;
  const patient = patience(pollMs);
  while (!stopping.aborted) {
    const tasks = due(await study.state());
    if (tasks.length === 0 && due(await study.latest()).length === 0) return;
    const ran = await runFirst(sharing, someOf(tasks));
    if (ran) patient.end();
    else await patient.wait(stopping);
  }
}

/** The first that nobody has. @returns whether there was one */
async function runFirst({ study, folder, due, run }: Sharing, tasks: readonly SharedTask[]): Promise<boolean> {
  for (const task of tasks) {
    const attempt = await tryClaim(join(folder.folder, `${task.kind}s`, claimName(task)));
    if (attempt.kind !== 'owned') continue;
    const isLeft = due(await study.latest()).some((left) => same(left, task));
    const told = isLeft ? await run(task) : undefined;
    if (told !== undefined && (await attempt.claim.isOurs())) study.note(told);
    await attempt.claim.end({ state: told !== undefined || !isLeft ? 'done' : 'released' });
    return true;
  }
  return false;
}

const mostLooks = 16;

/** Of very many any few, so that not all workers look at all claims. */
function someOf(tasks: readonly SharedTask[]): readonly SharedTask[] {
  if (tasks.length <= mostLooks) return tasks;
  const from = Math.floor(Math.random() * tasks.length);
  return [...tasks.slice(from), ...tasks.slice(0, from)].slice(0, mostLooks);
}

/** Another one each time that it was opened again. */
function claimName({ trial, replicate, reopened = 0 }: SharedTask): string {
  return `${trial}-${replicate}${reopened === 0 ? '' : `.${reopened}`}`;
}

function same(a: SharedTask, b: SharedTask): boolean {
  return a.kind === b.kind && claimName(a) === claimName(b);
}
