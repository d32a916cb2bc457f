/** Commands that read the record. */
import type { Command } from 'commander';
import { count, exits, recordOf } from './action.ts';

export function addReading(retrial: Command): void {
  retrial
    .command('runs')
    .description('the runs on record')
    .option('--study <name>', 'only those of a study')
    .option('--sort <column>', 'a metric, a param, or started; -column for descending')
    .option('--limit <n>', 'at most so many', count)
    .option('--json', 'as JSON')
    .action(
      exits(async (_options: object, command: Command) =>
        (await import('../commands/runs.ts')).runs(await recordOf(command)),
      ),
    );
  retrial
    .command('show <hash>')
    .description('one run: config, stages, metrics, environment, how to reproduce it')
    .option('--json', 'as JSON')
    .action(
      exits(async (hash: string, _options: object, command: Command) =>
        (await import('../commands/show.ts')).show(hash, await recordOf(command)),
      ),
    );
  retrial
    .command('compare [runs...]')
    .description('one offline HTML page of runs (hashes) or studies (names)')
    .option('-o, --output <file>', 'where to write it (default: runs/compare.html)')
    .action(
      exits(async (selected: string[], _options: object, command: Command) =>
        (await import('../commands/compare.ts')).compare(selected, await recordOf(command)),
      ),
    );
}
