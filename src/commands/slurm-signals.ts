/** What Slurm tells a worker, beside what its clock does. */

export interface SlurmSignals {
  /** Aborted when no further trial is to begin. */
  readonly stopping: AbortSignal;
  /** Aborted when what runs is to end, and to keep what it has. */
  readonly interrupted: AbortSignal;
  /** `limit`: the time of the job is nearly up; `cancelled`: it is to end, whoever wants that. */
  why(): 'limit' | 'cancelled' | undefined;
  close(): void;
}

/** @param deadline of the study's budget, milliseconds since the epoch: what runs then is finished */
export function slurmSignals(deadline?: number): SlurmSignals {
  const stop = new AbortController();
  const interrupt = new AbortController();
  let why: 'limit' | 'cancelled' | undefined;
  const end = (reason: 'limit' | 'cancelled') => () => {
    why ??= reason;
    stop.abort();
    interrupt.abort();
  };
  // The batch script says SIGURG for SIGUSR1, which Slurm itself may say to every process of a job.
  const limit = end('limit');
  const handlers = { SIGURG: limit, SIGUSR1: limit, SIGTERM: end('cancelled'), SIGINT: end('cancelled') };
  for (const [signal, handle] of Object.entries(handlers)) process.on(signal, handle);
  const leftMs = deadline === undefined ? undefined : Math.min(Math.max(0, deadline - Date.now()), 2 ** 31 - 1);
  const timer = leftMs === undefined ? undefined : setTimeout(() => stop.abort(), leftMs);
  return {
    ...{ stopping: stop.signal, interrupted: interrupt.signal, why: () => why },
    close: () => {
      clearTimeout(timer);
      // SIGTERM stays heard: a job that requeues itself is ended by it, and is to say how that went.
      process.on('SIGUSR1', () => undefined); // without a listener it would open a debugger
      for (const signal of ['SIGURG', 'SIGUSR1'] as const) process.off(signal, limit);
    },
  };
}
