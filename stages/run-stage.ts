/**
 * How every stage starts and ends: a DataError is one message, as is what fits into no memory, a bug comes with its stack,
 * SIGTERM is an aborted signal.
 */
import { type OpenStage, openStage } from '../src/stage.ts';
import { DataError } from './data-error.ts';

/** EX_DATAERR of sysexits.h. */
const inputAtFault = 65;

/**
 * Runs `main` with the opened stage. Exit code 0 when it returns, 65 on a DataError or on what fits into no memory, which the
 * engine does not try again, or 1 where it may pass, 70 on anything else it throws, 143 once SIGTERM came, even where `main`
 * still returned: what a stopped stage wrote is no result.
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
    const told = error instanceof DataError ? error.message : tooLarge(error);
    process.exitCode = told === undefined ? 70 : codeOf(error);
    if (!stop.signal.aborted) console.error(told === undefined ? error : `error: ${told}`);
  }
  if (stop.signal.aborted) process.exitCode = 143;
}

function codeOf(error: unknown): number {
  return error instanceof DataError && error.passing ? 1 : inputAtFault;
}

/** What JavaScript says of arrays beyond all bounds, in words: the sizes that were asked for are at fault, not the code. */
function tooLarge(error: unknown): string | undefined {
  if (!(error instanceof RangeError && /array (buffer|length)|allocation failed/i.test(error.message)))
    return undefined;
  return `the params ask for more than fits into memory (${error.message}): smaller sizes, of layers, factors or batches, do`;
}
