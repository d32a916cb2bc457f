/**
 * Ctrl-C and SIGTERM: once asks what runs to stop, twice ends at once (the watcher then ends the stages). A closed terminal
 * asks too, however often: shell and kernel both tell of it.
 */
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
  let asked = false;
  const handle = (signal: NodeJS.Signals) => {
    const next = signal === 'SIGINT' ? exitCode.interrupted : exitCode.terminated;
    if (asked && signal !== 'SIGHUP') process.exit(next);
    asked ||= signal !== 'SIGHUP';
    if (code !== undefined) return;
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
