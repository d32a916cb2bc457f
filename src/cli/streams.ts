/** What becomes of a command whose words nobody can have any more: a closed pipe, a full disk, a terminal that is gone. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { exitCode } from '../errors.ts';

/** From now on progress that cannot be told ends nothing, and a result that cannot be written is told in one line. */
export function guardStreams(): void {
  const { stdout, stderr } = process;
  stderr.on('error', () => undefined);
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(); // a reader that has seen enough (`| head`) is no mistake of ours
    if (stdout.isTTY) process.exit(exitCode.terminated); // the terminal was closed
    stderr.write(`error: the output cannot be written: ${error.message}\n`);
    process.exit(exitCode.stageFailed);
  });
  process.on('exit', leaveLostTerminals);
}

/** At its end Node resets the terminals it was started at, and aborts where one of them is gone. */
function leaveLostTerminals(): void {
  if (process.platform === 'win32') return;
  for (const fd of [0, 1, 2]) {
    try {
      if (!fstatSync(fd).isCharacterDevice() || isatty(fd)) continue;
      closeSync(fd);
      openSync('/dev/null', 'r+'); // takes the number that was just given up
    } catch {} // it was closed already
  }
}
