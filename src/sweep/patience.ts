/** How long is waited between two looks: the longer it took already the longer, so that who waits is no load. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** Until it is time for another look; at once where it is to end. */
  wait(stopping?: AbortSignal): Promise<void>;
  /** What was waited for has come. */
  end(): void;
}

/** Of the time that was waited already, so much longer is no matter. */
const part = 16;
/** Claims are seen to have no beat by looks that are no further apart. */
const mostMs = 10_000;

/** @param firstMs so long between the first looks */
export function patience(firstMs: number): Patience {
  let sinceMs: number | undefined;
  return {
    wait: async (signal) => {
      sinceMs ??= performance.now();
      const ms = pauseMs(firstMs, performance.now() - sinceMs);
      await sleep(ms, undefined, signal && { signal }).catch(() => undefined);
    },
    end: () => {
      sinceMs = undefined;
    },
  };
}

export function pauseMs(firstMs: number, waitedMs: number): number {
  return Math.min(mostMs, Math.max(firstMs, waitedMs / part));
}
