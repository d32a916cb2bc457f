/** Commands about this installation and its formats. */
import type { Command } from 'commander';
import { exitCode } from '../errors.ts';
import { exits } from './action.ts';

export function addSettingUp(retrial: Command): void {
  retrial
    .command('doctor')
    .description('what this machine has, and what to do about what it lacks')
    .option('--fix', 'do it')
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
}
