/** How every stage starts and ends: DataError as one message, a bug with its stack, SIGTERM as an aborted signal. */
import { type OpenStage, openStage } from '../src/stage.ts';
import { DataError } from './data-error.ts';

/** EX_DATAERR of sysexits.h. */
const inputAtFault = 65;

/**
 * Runs `main` with the opened stage. Exit code 0 when it returns, 65 on a DataError, which the engine does not try again,
 * or 1 where it may pass, 70 on anything else it throws, 143 once SIGTERM came, even where `main` still returned: what a
 * stopped stage wrote is no result.
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
    process.exitCode = codeOf(error);
    if (!stop.signal.aborted) console.error(error instanceof DataError ? `error: ${error.message}` : error);
  }
  if (stop.signal.aborted) process.exitCode = 143;
}

function codeOf(error: unknown): number {
  if (!(error instanceof DataError)) return 70;
  return error.passing ? 1 : inputAtFault;
}
