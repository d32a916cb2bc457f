/** What the commands that read the record share. */
import { join } from 'node:path';
import { type Aliases, readAliases, renameParams } from '../pipeline/aliases.ts';
import { type Index, withIndex } from '../record/open-index.ts';
import type { RunRow } from '../record/rows.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import { namesIn } from '../store/listing.ts';

export interface ReadingOptions {
  /** The `runs/` folder, absolute. */
  readonly runsDir: string;
  /** The project's folder. */
  readonly root: string;
  readonly json?: boolean;
}

/** Calls `body` with the record brought up to date; what is damaged in it is told on stderr. */
export async function reading<T>(
  options: ReadingOptions,
  body: (index: Index, layout: Layout) => Promise<T>,
): Promise<T> {
  const layout = layoutOf(options.runsDir);
  await settleJobs(layout, options.root);
  const aliases = await readAliases(join(options.root, 'pipeline.yaml'));
  return await withIndex(layout, async (index) => {
    for (const { journal, offset, message } of await index.problems())
      process.stderr.write(`warning: ${journal} is damaged at byte ${offset} (${message}); that line was skipped\n`);
    const unknown = await index.unknownEvents();
    if (unknown > 0) process.stderr.write(`warning: ${unknown} events of a newer Retrial were skipped\n`);
    return await body(underTodaysNames(index, aliases), layout);
  });
}

const queueTimeoutMs = 5_000;

/** Attempts whose jobs a queue has lost get their end. Loaded only where something was handed to a queue. */
async function settleJobs(layout: Layout, root: string): Promise<void> {
  if ((await namesIn(layout.submissionsOpen)).length === 0) return;
  const [{ settleOpen }, { slurm }] = await Promise.all([
    import('../execute/jobs/settle.ts'),
    import('../slurm/client.ts'),
  ]);
  await settleOpen({ layout, file: join(root, 'pipeline.yaml'), slurm: slurm({ timeoutMs: queueTimeoutMs }) });
}

/** The same record, with params that were renamed since under the names they have in the pipeline today. */
function underTodaysNames(index: Index, aliases: Aliases): Index {
  const today = <Run extends RunRow>(run: Run): Run => ({ ...run, params: renameParams(run.params, aliases) });
  return {
    ...index,
    runs: async (study) => (await index.runs(study)).map(today),
    run: async (selector) => today(await index.run(selector)),
    select: async (selectors) => (await index.select(selectors)).map(today),
    attempts: async (configHash) => (await index.attempts(configHash)).map(today),
  };
}
