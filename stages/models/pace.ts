/** For loops that compute for long: progress is shown, signals arrive, and being stopped is noticed. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TrainContext } from './model.ts';

const intervalMs = 100;

/**
 * @returns what a loop awaits after each part, with how many are done: mostly it does nothing. Throws once the signal is
 * aborted.
 */
export function pacer(
  { progress, signal }: Pick<TrainContext, 'progress' | 'signal'>,
  total: number,
  unit: string,
): (done: number) => Promise<void> {
  let last = performance.now();
  return async (done) => {
    if (performance.now() - last < intervalMs && done < total) return;
    progress(done, total, unit);
    // Signals arrive between turns of the event loop only.
    await nextTurn();
    signal.throwIfAborted();
    last = performance.now();
  };
}
