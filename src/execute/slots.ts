/** What stages hold while they run, so that no more run at once than there is room for. */
import type { Failure } from '../errors.ts';
import type { Resources } from '../pipeline/types.ts';

export type Needs = Pick<Resources, 'cpus' | 'memoryBytes' | 'gpus' | 'mutex'>;

export interface Granted {
  /** The GPUs it has to itself; none where it asked for none. */
  readonly gpus: readonly string[];
  release(): void;
}

export interface Slots {
  /** Why it would wait for ever; more processors than there are waits for all of them. */
  lacking(needs: Needs): Failure | undefined;
  /** Waits until all of it is free and takes it. @returns undefined where the signal was aborted before */
  take(needs: Needs, signal?: AbortSignal): Promise<Granted | undefined>;
}

/**
 * Processors shared by the stages of one run. First come, first served: a wide stage is not starved by narrow ones behind
 * it. The signal is not looked at: of a run that was aborted all stages end, and who waits gets its turn.
 */
export function slots(total: number): Slots {
  let free = total;
  const queue: { count: number; start: () => void }[] = [];
  const admit = () => {
    for (let first = queue[0]; first !== undefined && first.count <= free; first = queue[0]) {
      free -= first.count;
      queue.shift();
      first.start();
    }
  };
  return {
    lacking: () => undefined,
    take: ({ cpus }) =>
      new Promise((resolve) => {
        const count = Math.min(cpus, total);
        let released = false;
        const release = () => {
          if (!released) free += count;
          released = true;
          admit();
        };
        queue.push({ count, start: () => resolve({ gpus: [], release }) });
        admit();
      }),
  };
}
