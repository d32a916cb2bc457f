/** Work that several workers share beside trials: each task is claimed, done and told once. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FinalTold, ReplicateTold } from '../events.ts';
import { tryClaim } from '../store/claims.ts';
import type { Layout } from '../store/layout.ts';
import type { Study } from './study.ts';
import type { StudyState } from './study-state.ts';

export interface SharedTask {
  readonly kind: 'replicate' | 'final';
  readonly trial: number;
  readonly replicate: number;
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

export async function shareTasks({ study, folder, due, run, stopping }: Sharing): Promise<void> {
  while (!stopping.aborted) {
    const tasks = due(await study.state());
    if (tasks.length === 0) return;
    let ran = false;
    for (const task of tasks) {
      const attempt = await tryClaim(join(folder.folder, `${task.kind}s`, `${task.trial}-${task.replicate}`));
      if (attempt.kind !== 'owned') continue;
      const isLeft = due(await study.state()).some((left) => same(left, task));
      const told = isLeft ? await run(task) : undefined;
      if (told !== undefined && (await attempt.claim.isOurs())) study.note(told);
      await attempt.claim.end({ state: told !== undefined || !isLeft ? 'done' : 'released' });
      ran = true;
      break;
    }
    if (!ran) await sleep(pollMs);
  }
}

function same(a: SharedTask, b: SharedTask): boolean {
  return a.kind === b.kind && a.trial === b.trial && a.replicate === b.replicate;
}
