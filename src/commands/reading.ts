/** What the commands that read the record share. */
import { type Index, withIndex } from '../record/open-index.ts';
import { type Layout, layoutOf } from '../store/layout.ts';

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
  return await withIndex(layout, async (index) => {
    for (const { journal, offset, message } of await index.problems())
      process.stderr.write(`warning: ${journal} is damaged at byte ${offset} (${message}); that line was skipped\n`);
    const unknown = await index.unknownEvents();
    if (unknown > 0) process.stderr.write(`warning: ${unknown} events of a newer Retrial were skipped\n`);
    return await body(index, layout);
  });
}
