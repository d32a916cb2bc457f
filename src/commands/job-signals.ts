/**
 * What Slurm says to a job: SIGUSR1 ahead of its time limit, SIGTERM where it is cancelled, preempted or put back. It says the
 * latter to each process and the batch script passes it on, so that it comes more than once and means the same.
 */
import { exitCode } from '../errors.ts';

export interface JobSignals {
  readonly signal: AbortSignal;
  /** Whether the time limit came first. */
  isLimit(): boolean;
  /** 130 or 143 once it was told to end. */
  exitCode(): number | undefined;
  stop(): void;
}

export function onJobSignals(): JobSignals {
  const controller = new AbortController();
  let first: NodeJS.Signals | undefined;
  let code: number | undefined;
  const hear = (signal: NodeJS.Signals) => {
    first ??= signal;
    if (signal !== 'SIGUSR1') code ??= signal === 'SIGINT' ? exitCode.interrupted : exitCode.terminated;
    controller.abort();
  };
  const signals = ['SIGUSR1', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, hear);
  return {
    signal: controller.signal,
    isLimit: () => first === 'SIGUSR1',
    exitCode: () => code,
    stop: () => {
      for (const signal of signals) process.off(signal, hear);
    },
  };
}
