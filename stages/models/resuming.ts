/** When training keeps where it stands, and how it goes on from there. */
import type { HistoryPoint } from '../history.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import type { TrainContext } from './model.ts';
import { captureState, restoreState } from './network/state.ts';
import type { Progress, Trainee } from './trainee.ts';

/** Of the time since the last checkpoint, how much it may have cost to write. */
const checkpointShare = 0.05;

/** Where the last checkpoint stands, restored and its points reported again; the beginning where there is none. */
export async function resume(
  { checkpoint, report }: TrainContext,
  { moving }: Trainee,
): Promise<Omit<Progress, 'state' | 'points'> & { points: HistoryPoint[] }> {
  const found = checkpoint === '' || moving === undefined ? undefined : await loadCheckpoint(checkpoint);
  if (found === undefined || moving === undefined) return { step: 0, points: [], stale: 0, best: undefined };
  restoreState(moving, found.state);
  for (const point of found.points) report(point);
  console.error(`goes on from the checkpoint of step ${found.step}`);
  return { ...found, points: [...found.points] };
}

/** A checkpoint saves time, and training needs none: where the disk refuses one (full, read-only), it is told. */
async function saveOrTell(folder: string, progress: Progress): Promise<void> {
  try {
    await saveCheckpoint(folder, progress);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    console.error(`the checkpoint of step ${progress.step} could not be kept: ${error.message}`);
  }
}

/** Keeps where training stands, if it is time to, or training is to stop. */
export function checkpointer({ checkpoint, signal }: TrainContext, { moving }: Trainee, everyMs: number) {
  let last = performance.now();
  let costMs = 0;
  return async (progress: Omit<Progress, 'state'>): Promise<void> => {
    const begun = performance.now();
    const due = everyMs < 0 || signal.aborted || begun - last >= Math.max(everyMs, costMs / checkpointShare);
    if (checkpoint === '' || moving === undefined || !due) return;
    await saveOrTell(checkpoint, { ...progress, state: captureState(moving) });
    last = performance.now();
    costMs = last - begun;
  };
}
