/** argv → one command → exit code. Commands are loaded when they are asked for. */
import { Command, CommanderError } from 'commander';
import { addKeeping } from './cli/keeping.ts';
import { addReading } from './cli/reading.ts';
import { addRunning } from './cli/running.ts';
import { addSettingUp } from './cli/setting-up.ts';
import { guardStreams } from './cli/streams.ts';
import { exitCode, UserError, whatToRaise } from './errors.ts';
import { ownVersion } from './own-package.ts';
import { isSystemError } from './store/files.ts';

function program(): Command {
  const retrial = new Command('retrial')
    .description('Experiments that can be trusted later: cached by content, swept, compared, reproduced by hash.')
    .version(ownVersion())
    .option('-C, --directory <dir>', 'look for pipeline.yaml from here, upwards')
    .exitOverride()
    .showHelpAfterError('(retrial COMMAND --help tells more)');
  addRunning(retrial);
  addReading(retrial);
  addKeeping(retrial);
  addSettingUp(retrial);
  return retrial;
}

async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv as string[]);
  } catch (error) {
    process.exitCode = await explain(error);
  }
}

async function explain(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.userMistake;
  if (error instanceof UserError) {
    const { printDiagnostics } = await import('./logging/diagnostics.ts');
    printDiagnostics(error.diagnostics);
    const raise = whatToRaise(error.message);
    if (raise !== undefined) process.stderr.write(`  → ${raise}\n`);
    return exitCode.userMistake;
  }
  if (error instanceof Error && isOfTheMachine(error)) {
    const raise = whatToRaise(error.message);
    const first = raise === undefined ? '' : `${raise}\n  → `;
    process.stderr.write(
      `error: ${error.message}\n  → ${first}run the same command again when this is mended; what was finished stays\n`,
    );
    return exitCode.stageFailed;
  }
  process.stderr.write(
    `this is a bug in Retrial, please report it:\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return exitCode.bug;
}

/** What the disk, its permissions or the memory refused: no bug of ours. */
function isOfTheMachine(error: Error): boolean {
  const sqlite = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|NOMEM)/;
  return isSystemError(error) || ('code' in error && sqlite.test(String(error.code)));
}

guardStreams();

await main(process.argv);
