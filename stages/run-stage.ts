/** How every stage starts and ends: DataError as one message, a bug with its stack, SIGTERM as an aborted signal. */
import { type OpenStage, openStage } from '../src/stage.ts';
import { DataError } from './data-error.ts';

/**
 * Runs `main` with the opened stage. Exit code 0 when it returns, 1 on a DataError, 70 on anything else it throws, 143
 * once SIGTERM came, even where `main` still returned: what a stopped stage wrote is no result.
 */
export async function runStage<Params>(
  main: (stage: OpenStage<Params>, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  // On, not once: where a second one comes, from whoever passes signals on, what is being kept is kept to the end.
  process.on('SIGTERM', () => stop.abort());
  try {
    await main(openStage<Params>(), stop.signal);
  } catch (error) {
    process.exitCode = error instanceof DataError ? 1 : 70;
    if (!stop.signal.aborted) console.error(error instanceof DataError ? `error: ${error.message}` : error);
  }
  if (stop.signal.aborted) process.exitCode = 143;
}
