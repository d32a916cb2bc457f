/** Commands that keep house in runs/: what stays, what goes, what is whole. */
import type { Command } from 'commander';
import { count, exits, recordOf } from './action.ts';

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
  retrial
    .command('gc')
    .description('remove what nobody needs; with a policy also results of runs that it does not keep')
    .option('--keep-last <n>', 'keep the results of the newest attempts', count)
    .option('--keep-best <n>', 'keep those of the best by --metric', count)
    .option('--metric <name>', 'what --keep-best goes by, such as evaluate.loss')
    .option('--younger-than <time>', 'keep those of attempts younger than that, such as 30d')
    .option('--max-size <size>', 'remove only until results take no more than that, such as 10GiB')
    .option('-n, --dry-run', 'say what would go')
    .option('--now', 'also what is younger than a day')
    .option('--json', 'as JSON')
    .action(
      exits(async (_options: object, command: Command) =>
        (await import('../commands/gc.ts')).gc(await recordOf(command)),
      ),
    );
}
