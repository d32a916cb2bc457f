/** Waiting for what other processes give back: looked at again and again, ever less often. */

export const pollMs = { first: 20, most: 500 };

/** Those of this process that wait: what it gives back itself they see at once. */
const waiting = new Set<() => void>();

/** Until then, until this process gives something back, or the signal is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const goOn = () => {
      clearTimeout(timer);
      waiting.delete(goOn);
      signal?.removeEventListener('abort', goOn);
      resolve();
    };
    const timer = setTimeout(goOn, ms);
    waiting.add(goOn);
    signal?.addEventListener('abort', goOn, { once: true });
  });
}

export function wake(): void {
  for (const goOn of [...waiting]) goOn();
}
