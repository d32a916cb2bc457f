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
  addMarks(retrial);
}

function addMarks(retrial: Command): void {
  retrial
    .command('tag <hash> <tags...>')
    .description('words to find a run by; a tagged run keeps its results')
    .option('--remove', 'take them away')
    .action(
      exits(async (hash: string, tags: string[], _options: object, command: Command) =>
        (await import('../commands/tag.ts')).tag(hash, tags, await recordOf(command)),
      ),
    );
  retrial
    .command('note <hash> <text>')
    .description('why a run was made, or what came of it; an empty text takes the note away')
    .action(
      exits(async (hash: string, text: string, _options: object, command: Command) =>
        (await import('../commands/note.ts')).note(hash, text, await recordOf(command)),
      ),
    );
  retrial
    .command('pin <hash>')
    .description('never collect the results of a run')
    .option('--remove', 'no longer')
    .action(
      exits(async (hash: string, _options: object, command: Command) =>
        (await import('../commands/pin.ts')).pin(hash, await recordOf(command)),
      ),
    );
  retrial
    .command('rm [hashes...]')
    .description('take runs, or with @2 single attempts, out of the record; results stay until gc')
    .option('--where <expression>', 'the runs that this filter keeps, whole: docs/filter.md')
    .option('-f, --force', 'also pinned and tagged ones')
    .option('-n, --dry-run', 'say what would go')
    .action(
      exits(async (hashes: string[], _options: object, command: Command) =>
        (await import('../commands/rm.ts')).rm(hashes, await recordOf(command)),
      ),
    );
  retrial
    .command('archive [hashes...]')
    .description('write runs, with all it takes to go on with them elsewhere, to one file')
    .requiredOption('-o, --output <file>', 'the archive, a .tar.gz')
    .option('--study <name>', 'the runs of one study')
    .option('--where <expression>', 'the runs that this filter keeps: docs/filter.md')
    .option('--all', 'every run')
    .action(
      exits(async (hashes: string[], options: { output: string }, command: Command) =>
        (await import('../commands/archive.ts')).archive(hashes, options.output, await recordOf(command)),
      ),
    );
  retrial
    .command('restore <file>')
    .description('take the runs of an archive into this record; what is here stays')
    .action(
      exits(async (file: string, _options: object, command: Command) =>
        (await import('../commands/restore.ts')).restore(file, await recordOf(command)),
      ),
    );
}
