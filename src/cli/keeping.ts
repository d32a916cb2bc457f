/** Commands that keep house in runs/: what stays, what goes, what is whole. */
import type { Command } from 'commander';
import { exits, recordOf } from './action.ts';

export function addKeeping(retrial: Command): void {
  retrial
    .command('verify')
    .description('read every byte that is stored, and say what is damaged: exit 0 nothing, 1 something')
    .option('--json', 'as JSON')
    .action(
      exits(async (_options: object, command: Command) =>
        (await import('../commands/verify.ts')).verify(await recordOf(command)),
      ),
    );
}
