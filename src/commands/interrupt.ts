/** Ctrl-C and SIGTERM: once asks what runs to stop, twice ends at once (the watcher then ends the stages). */
import { exitCode } from '../errors.ts';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** 130 or 143 once interrupted. */
  exitCode(): number | undefined;
  stop(): void;
}

export function onInterrupt(say: (message: string) => void): Interrupt {
  const controller = new AbortController();
  let code: number | undefined;
  const handle = (signal: NodeJS.Signals) => {
    const next = signal === 'SIGINT' ? exitCode.interrupted : exitCode.terminated;
    if (code !== undefined) process.exit(next);
    code = next;
    say('stopping; what is finished stays (again to end at once)');
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, handle);
  return {
    signal: controller.signal,
    exitCode: () => code,
    stop: () => {
      for (const signal of signals) process.off(signal, handle);
    },
  };
}
