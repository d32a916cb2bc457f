/** Commands about this installation and its formats. */
import { Argument, type Command } from 'commander';
import type { WordKind } from '../commands/completion-words.ts';
import { exitCode } from '../errors.ts';
import { exits } from './action.ts';

export function addSettingUp(retrial: Command): void {
  retrial
    .command('init [folder]')
    .description('a small pipeline that runs at once, in an empty folder (default: this one)')
    .action(
      exits(async (folder: string | undefined, _options: object, command: Command) =>
        (await import('../commands/init.ts')).init(folder, command.optsWithGlobals()),
      ),
    );
  retrial
    .command('doctor')
    .description('what this machine has, and what to do about what it lacks')
    .option('--fix', 'do it')
    .option('--slurm', 'a cluster too, by a small job on a compute node')
    .addOption(retrial.createOption('--node <folder>', 'on a compute node').hideHelp())
    .option('--json', 'as JSON')
    .action(
      exits(async (_options: object, command: Command) =>
        (await import('../commands/doctor.ts')).doctor(command.optsWithGlobals()),
      ),
    );
  retrial
    .command('schema')
    .description('the JSON Schema of pipeline.yaml, for editors')
    .action(
      exits(async () => {
        process.stdout.write((await import('../pipeline/schema.ts')).pipelineSchemaText());
        return exitCode.ok;
      }),
    );
  addCompletion(retrial);
}

function addCompletion(retrial: Command): void {
  retrial
    .command('completion')
    .description(
      'a script that completes commands, options, hashes, params, metrics, …: source <(retrial completion bash)',
    )
    .addArgument(new Argument('<shell>', 'of which shell').choices(['bash', 'zsh', 'fish']))
    .action(
      exits(async (shell: 'bash' | 'zsh' | 'fish') =>
        (await import('../commands/completion.ts')).completion(shell, retrial),
      ),
    );
  retrial
    .command('words', { hidden: true })
    .addArgument(
      new Argument('<kind>').choices([
        'runs',
        'stages',
        'outputs',
        'studies',
        'tags',
        'columns',
        'metrics',
        'settings',
        'formats',
      ]),
    )
    .action(
      exits(async (kind: WordKind, _options: object, command: Command) =>
        (await import('../commands/completion-words.ts')).completionWords(kind, command.optsWithGlobals()),
      ),
    );
}
