/** argv → one command → exit code. Commands are loaded when they are asked for. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { exitCode, UserError } from './errors.ts';
import { ownVersion } from './own-package.ts';

/** The exit code is the process's; setting it, rather than exiting, lets output be written whole. */
function exits<Args extends unknown[]>(action: (...args: Args) => Promise<number>): (...args: Args) => Promise<void> {
  return async (...args) => {
    process.exitCode = await action(...args);
  };
}

function count(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('it must be a whole number from 1');
  return number;
}

function each(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function program(): Command {
  const retrial = new Command('retrial')
    .description('Experiments that can be trusted later: cached by content, swept, compared, reproduced by hash.')
    .version(ownVersion())
    .option('-C, --directory <dir>', 'look for pipeline.yaml from here, upwards')
    .exitOverride()
    .showHelpAfterError('(retrial COMMAND --help tells more)');
  addRunning(retrial);
  addReading(retrial);
  return retrial;
}

function withConfig(command: Command): Command {
  return command
    .option('-c, --config <file>', 'lay these params over the defaults (repeatable)', each)
    .option('-s, --set <key=value>', 'set one param; the value is YAML (repeatable)', each);
}

function addRunning(retrial: Command): void {
  withConfig(retrial.command('run [stages...]'))
    .description('bring stages up to date, with all they need')
    .option('-j, --jobs <n>', 'processor slots', count)
    .option('-f, --force', 'run them even where their results are known')
    .option('-n, --dry-run', 'say what would run, and why')
    .option('-k, --keep-going', 'after a failure go on with what does not need it')
    .option('--tag <tag>', 'tag the run (repeatable)', each)
    .option('--note <text>', 'why this run')
    .option('--json', 'the result as JSON on stdout')
    .action(
      exits(async (stages: string[], _options: object, command: Command) =>
        (await import('./commands/run.ts')).runCommand(stages, command.optsWithGlobals()),
      ),
    );
  withConfig(retrial.command('status [stages...]'))
    .description('what run would do')
    .option('--why', 'and why: which field of the key changed')
    .option('-q, --quiet', 'print nothing; exit 1 when something would or may run')
    .option('--json', 'as JSON')
    .action(
      exits(async (stages: string[], _options: object, command: Command) =>
        (await import('./commands/status.ts')).status(stages, command.optsWithGlobals()),
      ),
    );
  withConfig(retrial.command('dag [stages...]'))
    .description('the graph of stages')
    .option('--mermaid', 'for Markdown')
    .option('--dot', 'for Graphviz')
    .action(
      exits(async (stages: string[], _options: object, command: Command) =>
        (await import('./commands/dag.ts')).dag(stages, command.optsWithGlobals()),
      ),
    );
  retrial
    .command('sweep <file>')
    .description('sample params and run a trial for each; run it again to go on')
    .option('-w, --workers <n>', 'processes that run trials', count)
    .option('--trials <n>', 'how many trials at the most', count)
    .option('--json', 'the result as JSON on stdout')
    .addOption(retrial.createOption('--worker', 'one worker process').hideHelp())
    .action(
      exits(async (file: string, _options: object, command: Command) =>
        (await import('./commands/sweep.ts')).sweep(file, command.optsWithGlobals()),
      ),
    );
  retrial
    .command('reproduce <hash>')
    .description(
      'run a past experiment again without the cache; exit 0 same bytes, 3 equal metrics, 4 different, 5 drifted',
    )
    .option('-j, --jobs <n>', 'processor slots', count)
    .option('--json', 'the verdict as JSON on stdout')
    .action(
      exits(async (hash: string, _options: object, command: Command) =>
        (await import('./commands/reproduce.ts')).reproduceCommand(hash, command.optsWithGlobals()),
      ),
    );
}

function addReading(retrial: Command): void {
  retrial
    .command('runs')
    .description('the runs on record')
    .option('--study <name>', 'only those of a study')
    .option('--sort <column>', 'a metric, a param, or started; -column for descending')
    .option('--limit <n>', 'at most so many', count)
    .option('--json', 'as JSON')
    .action(
      exits(async (_options: object, command: Command) =>
        (await import('./commands/runs.ts')).runs(await reading(command)),
      ),
    );
  retrial
    .command('show <hash>')
    .description('one run: config, stages, metrics, environment, how to reproduce it')
    .option('--json', 'as JSON')
    .action(
      exits(async (hash: string, _options: object, command: Command) =>
        (await import('./commands/show.ts')).show(hash, await reading(command)),
      ),
    );
  retrial
    .command('compare [runs...]')
    .description('one offline HTML page of runs (hashes) or studies (names)')
    .option('-o, --output <file>', 'where to write it (default: runs/compare.html)')
    .action(
      exits(async (selected: string[], _options: object, command: Command) =>
        (await import('./commands/compare.ts')).compare(selected, await reading(command)),
      ),
    );
  retrial
    .command('doctor')
    .description('what this machine has, and what to do about what it lacks')
    .option('--fix', 'do it')
    .option('--json', 'as JSON')
    .action(
      exits(async (_options: object, command: Command) =>
        (await import('./commands/doctor.ts')).doctor(command.optsWithGlobals()),
      ),
    );
  retrial
    .command('schema')
    .description('the JSON Schema of pipeline.yaml, for editors')
    .action(
      exits(async () => {
        process.stdout.write((await import('./pipeline/schema.ts')).pipelineSchemaText());
        return exitCode.ok;
      }),
    );
}

/** Reading the record needs no valid pipeline, only its folder. */
async function reading(command: Command) {
  const { projectFolder } = await import('./commands/project.ts');
  const options = command.optsWithGlobals();
  return { ...options, ...projectFolder(options) };
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
    return exitCode.userMistake;
  }
  if (error instanceof Error && 'syscall' in error) {
    process.stderr.write(
      `error: ${error.message}\n  → run the same command again when this is mended; what was finished stays\n`,
    );
    return exitCode.stageFailed;
  }
  process.stderr.write(
    `this is a bug in Retrial, please report it:\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return exitCode.bug;
}

// A reader that has seen enough (`| head`) is no mistake of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Progress that nobody reads any more ends no run.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

await main(process.argv);
