/** Commands that run something. */
import type { Command } from 'commander';
import { count, each, exits, fraction, withConfig } from './action.ts';

/** Who runs what is to be run, and what Slurm is asked for. */
function withSlurm(command: Command): Command {
  return command
    .addOption(
      command
        .createOption('--executor <name>', 'this machine, or jobs of a cluster (default: local)')
        .choices(['local', 'slurm']),
    )
    .option('--partition <name>', 'slurm: where the jobs wait')
    .option('--account <name>', 'slurm: what their time is charged to')
    .option('--qos <name>', 'slurm: their quality of service')
    .option('--constraint <features>', 'slurm: what their nodes have')
    .option('--gres <list>', 'slurm: what they need beside processors and memory, such as gpu:1')
    .option('--time <limit>', 'slurm: of one job, such as 2h or 1-12:00:00')
    .option('--array-cap <n>', 'slurm: so many jobs of an array run at a time', count);
}

export function addRunning(retrial: Command): void {
  withSlurm(withConfig(retrial.command('run [stages...]')))
    .description('bring stages up to date, with all they need')
    .option('-j, --jobs <n>', 'processor slots', count)
    .option('-f, --force', 'run them even where their results are known')
    .option('-n, --dry-run', 'say what would run, and why')
    .option('--isolated', 'run each stage where only what it declares is')
    .option('-k, --keep-going', 'after a failure go on with what does not need it')
    .option('--tag <tag>', 'tag the run (repeatable)', each)
    .option('--note <text>', 'why this run')
    .option('--json', 'the result as JSON on stdout')
    .option('--wait', 'slurm: follow it to its end')
    .addOption(retrial.createOption('--job <attempt>', 'inside of a job: one stage').hideHelp())
    .addOption(retrial.createOption('--unit <name>', 'inside of a job: which').hideHelp())
    .addOption(retrial.createOption('--ahead <seconds>', 'inside of a job').argParser(Number).hideHelp())
    .addOption(retrial.createOption('--seal <attempt>', 'inside of a job: the end of all').hideHelp())
    .action(
      exits(async (stages: string[], _options: object, command: Command) =>
        (await import('../commands/run.ts')).runCommand(stages, command.optsWithGlobals()),
      ),
    );
  withConfig(retrial.command('status [stages...]'))
    .description('what run would do')
    .option('--why', 'and why: which field of the key changed')
    .option('-q, --quiet', 'print nothing; exit 1 when something would or may run')
    .option('--json', 'as JSON')
    .action(
      exits(async (stages: string[], _options: object, command: Command) =>
        (await import('../commands/status.ts')).status(stages, command.optsWithGlobals()),
      ),
    );
  withConfig(retrial.command('dag [stages...]'))
    .description('the graph of stages')
    .option('--mermaid', 'for Markdown')
    .option('--dot', 'for Graphviz')
    .action(
      exits(async (stages: string[], _options: object, command: Command) =>
        (await import('../commands/dag.ts')).dag(stages, command.optsWithGlobals()),
      ),
    );
  withSlurm(retrial.command('sweep <file> [parameters...]'))
    .description('sample params and run a trial for each; run it again to go on; model.lr=0.1,0.01 adds a parameter')
    .option('-w, --workers <n>', 'processes that run trials', count)
    .option('-j, --jobs <n>', 'processor slots of all trials together', count)
    .option('--name <study>', "name of the study, instead of the file's")
    .option('--trials <n>', 'how many trials at the most', count)
    .option('--retry-failed', 'run failed trials and final runs again')
    .option('--rerun', 'where code or inputs have changed: run every point again')
    .option('--mix', 'where code or inputs have changed: keep what is finished and go on')
    .option('--replay', 'run nothing; derive every suggestion again and say whether they agree')
    .option('--watch', 'follow it, wherever its workers run, until it is over; changes nothing')
    .option('--json', 'the result as JSON on stdout')
    .addOption(retrial.createOption('--worker', 'one worker process').hideHelp())
    .addOption(retrial.createOption('--told-after <seconds>', 'of a worker of slurm').argParser(Number).hideHelp())
    .addOption(retrial.createOption('--deadline <ms>', 'of a worker of slurm').argParser(Number).hideHelp())
    .action(
      exits(async (file: string, overrides: string[], _options: object, command: Command) =>
        (await import('../commands/sweep.ts')).sweep(file, { ...command.optsWithGlobals(), overrides }),
      ),
    );
  retrial
    .command('reproduce [hash]')
    .description(
      'have a past experiment again and compare: exit 0 same bytes, 3 equal metrics, 4 different, 5 drifted, 1 failed',
    )
    .option('-j, --jobs <n>', 'processor slots', count)
    .option('--all', 'every run; the exit code is that of the worst verdict')
    .option('--study <name>', 'every run of one study')
    .option('--where <expression>', 'every run, or every one of the study, that this filter keeps: docs/filter.md')
    .option('-w, --workers <n>', 'so many runs at once (default: 1)', count)
    .option('--current-code', "run today's code instead of the recorded one")
    .option('--install', 'install the recorded packages with npm ci')
    .option('--tolerance <fraction>', 'metrics may differ by so much of the larger (default: 0)', fraction)
    .option('--json', 'the verdict as JSON on stdout')
    .action(
      exits(async (hash: string | undefined, _options: object, command: Command) =>
        (await import('../commands/reproduce.ts')).reproduceCommand(hash, command.optsWithGlobals()),
      ),
    );
}
