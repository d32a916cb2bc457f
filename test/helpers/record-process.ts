/** A process of its own that writes runs, or ingests them again and again: `<write|ingest> <runs folder> <first> <count>`. */

import { openJournal } from '../../src/record/journal.ts';
import { withIndex } from '../../src/record/open-index.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { runEvents } from './record-fixture.ts';

const [what, folder = '', first = '0', count = '0'] = process.argv.slice(2);
const layout = layoutOf(folder);

if (what === 'write') {
  const journal = openJournal(layout.journals);
  for (let seed = Number(first); seed < Number(first) + Number(count); seed++)
    for (const event of runEvents(layout, { params: { seed } })) {
      journal.append(event);
      // So that readers meet journals that are growing.
      await new Promise((resolve) => setImmediate(resolve));
    }
  journal.close();
} else {
  let seen = -1;
  for (let turn = 0; turn < Number(count); turn++) {
    const runs = await withIndex(layout, (index) => index.runs());
    if (runs.length < seen) throw new Error(`runs went from ${seen} to ${runs.length}`);
    seen = runs.length;
  }
}
