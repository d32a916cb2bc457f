/**
 * What Slurm says to a job: SIGUSR1 ahead of its time limit, which the batch script passes on as SIGURG; SIGTERM where it is
 * cancelled, preempted or put back. It says the latter to each process and the batch script passes it on, so that it comes
 * more than once and means the same.
 */
import { exitCode } from '../errors.ts';

export interface JobSignals {
  readonly signal: AbortSignal;
  /** Whether the time limit ended it, and nobody else. */
  isLimit(): boolean;
  /** 130 or 143 once it was told to end. */
  exitCode(): number | undefined;
  stop(): void;
}

/** @param lastMoment resolves when what runs is to end, once the limit is told to be near */
export function onJobSignals(lastMoment: () => Promise<void>): JobSignals {
  const controller = new AbortController();
  let isLimit = false;
  let code: number | undefined;
  const end = (signal: NodeJS.Signals) => {
    code ??= signal === 'SIGINT' ? exitCode.interrupted : exitCode.terminated;
    controller.abort();
  };
  const limit = () => {
    process.on('SIGUSR1', ignored); // without a listener it would open a debugger
    for (const signal of ahead) process.off(signal, limit);
    const ending = () => {
      isLimit = !controller.signal.aborted;
      controller.abort();
    };
    void lastMoment().then(ending, ending); // where the disk does not answer the limit nears all the same
  };
  const ignored = () => undefined;
  const ahead = ['SIGURG', 'SIGUSR1'] as const;
  for (const signal of ahead) process.on(signal, limit);
  const ends = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  for (const signal of ends) process.on(signal, end);
  return {
    signal: controller.signal,
    isLimit: () => isLimit,
    exitCode: () => code,
    stop: () => {
      for (const signal of ahead) process.off(signal, limit);
      process.off('SIGUSR1', ignored);
      for (const signal of ends) process.off(signal, end);
    },
  };
}
