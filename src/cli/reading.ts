/** Commands that read the record. */
import type { Command } from 'commander';
import { type ExportFormat, exportFormats } from '../export/formats.ts';
import { count, each, exits, recordOf, withConfig } from './action.ts';

export function addReading(retrial: Command): void {
  retrial
    .command('runs')
    .description('the runs on record')
    .option('--study <name>', 'only those of a study')
    .option('--tag <tag>', 'only those with this tag (repeatable: with all of them)', each)
    .option('--where <expression>', 'a filter, such as loss < .1 and tags contains "paper": docs/filter.md')
    .option('--columns <names>', 'only these, separated by commas: run, status, params, metrics, tags, …; or all')
    .option('--csv', 'as CSV')
    .option('--md', 'as a Markdown table')
    .option('--sort <columns>', 'metrics (best first), params, started, …; -column the other way round', each)
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
    .description('runs (hashes) or studies (names) beside each other: one offline HTML page, or --text')
    .option('--metric <name>', 'what to rank by: a metric, or its last part where that is unique')
    .option('--where <expression>', 'only runs that this filter keeps: docs/filter.md')
    .option('-o, --output <file>', 'where to write the page (default: runs/compare.html)')
    .option('--text', 'in the terminal alone, without a page')
    .option('--limit <n>', 'at most so many runs of each group in the terminal (default: 20)', count)
    .option('--columns <names>', 'the runs as a table of these alone, separated by commas; or all')
    .option('--csv', 'the runs as CSV')
    .option('--md', 'the runs as a Markdown table')
    .option('--finals', 'of a study its final runs alone, as a table: intervals, and each compared with the best')
    .option('--baseline <trial>', 'with --finals: compared with this trial, or arm such as model.loss=wgan')
    .option('--json', 'what the page holds, as JSON')
    .action(
      exits(async (selected: string[], _options: object, command: Command) =>
        (await import('../commands/compare.ts')).compare(selected, await recordOf(command)),
      ),
    );
  retrial
    .command('serve [runs...]')
    .description('the same page, live while experiments run: on 127.0.0.1, for who has the address')
    .option('--metric <name>', 'what to rank by: a metric, or its last part where that is unique')
    .option('--port <number>', 'where to listen (default: any port that is free)', count)
    .action(
      exits(async (selected: string[], _options: object, command: Command) =>
        (await import('../commands/serve.ts')).serve(selected, await recordOf(command)),
      ),
    );
  withConfig(retrial.command('diff [a] [b]'))
    .description('two runs field by field, a run and today, or with --git a revision and today')
    .option('--git <revision>', 'pipeline.yaml and params as they were there, with those of today')
    .option('--csv', 'what differs as CSV')
    .option('--md', 'what differs as a Markdown table')
    .option('--json', 'as JSON')
    .action(
      exits(async (a: string | undefined, b: string | undefined, _options: object, command: Command) =>
        (await import('../commands/diff.ts')).diff(a, b, await recordOf(command)),
      ),
    );
  retrial
    .command('query <sql>')
    .description('ask the record in SQL: docs/schema.md tells its tables and views')
    .option('--csv', 'as CSV')
    .option('--md', 'as a Markdown table')
    .option('--json', 'as JSON')
    .action(
      exits(async (sql: string, _options: object, command: Command) =>
        (await import('../commands/query.ts')).query(sql, await recordOf(command)),
      ),
    );
  addOutputs(retrial);
}

function addOutputs(retrial: Command): void {
  retrial
    .command('logs <hash> [stage]')
    .description('what the stages of a run printed, or one of them')
    .option('-f, --follow', 'as it is printed, until the run has ended')
    .action(
      exits(async (hash: string, stage: string | undefined, _options: object, command: Command) =>
        (await import('../commands/logs.ts')).logs(hash, stage, await recordOf(command)),
      ),
    );
  retrial
    .command('path <hash> <stage.out>')
    .description('where a published output lies; exit 1 when it was collected or is damaged')
    .action(
      exits(async (hash: string, output: string, _options: object, command: Command) =>
        (await import('../commands/path.ts')).path(hash, output, await recordOf(command)),
      ),
    );
  addExport(retrial);
}

function addExport(retrial: Command): void {
  retrial
    .command('export [runs...]')
    .description('runs for other tools: --to FORMAT -o TARGET; or, HASH STAGE.OUT FOLDER, a checked copy of an output')
    .usage('[options] HASH STAGE.OUT FOLDER\n       retrial export [RUN or STUDY…] --to FORMAT -o TARGET')
    .addOption(retrial.createOption('--to <format>', 'what to write').choices(exportFormats))
    .option('-o, --output <target>', 'a file, - for stdout; of mlflow the address of a server')
    .option('--metric <name>', 'latex: a column of the table (repeatable)', each)
    .option('--over <param>', 'latex: one row for the runs that differ in it alone, such as seed (repeatable)', each)
    .option('--experiment <name>', 'mlflow: where the runs go (default: the study, or the name of the project)')
    .option('-f, --force', 'replace what is there')
    .action(
      exits(async (words: string[], _options: object, command: Command) => {
        const options = await recordOf(command);
        const to: ExportFormat | undefined = command.getOptionValue('to');
        if (to !== undefined) return (await import('../commands/export-to.ts')).exportTo(words, { ...options, to });
        return (await import('../commands/export.ts')).exportOutput(words, options);
      }),
    );
}
