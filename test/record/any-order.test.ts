import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JournalEvent } from '../../src/events.ts';
import { openJournal } from '../../src/record/journal.ts';
import { withIndex } from '../../src/record/open-index.ts';
import type { Layout } from '../../src/store/layout.ts';
import { currentProcess } from '../../src/store/process-identity.ts';
import { configHashOf, runEvents } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const source = temporaryLayout();
const id = { configHash: configHashOf({}), attempt: 1 };
const by = currentProcess();
const events: readonly JournalEvent[] = [
  ...runEvents(source, { tags: ['a'], note: 'first' }),
  ...runEvents(source, { attempt: 2, at: 1_700_000_500_000, failure: { kind: 'exit', code: 1 } }),
  { type: 'run-reproduced', at: 1_700_000_600_000, id, verdict: 'identical' },
  { type: 'study-started', at: 1, study: 's', spec: { name: 's' } },
  { type: 'trial-asked', at: 2, study: 's', trial: 0, params: { x: 1 }, by, restarts: 0 },
  { type: 'trial-asked', at: 4, study: 's', trial: 0, params: { x: 1 }, by, restarts: 1 },
  { type: 'trial-told', at: 3, study: 's', trial: 0, state: 'failed', runs: [], reason: 'no' },
  { type: 'trial-told', at: 5, study: 's', trial: 0, state: 'complete', runs: [id.configHash], value: 0.5 },
];

async function recorded(layout: Layout) {
  return await withIndex(layout, async (index) => {
    const attempts = (await index.attempts(id.configHash)).sort((a, b) => a.attempt - b.attempt);
    const each = await Promise.all(
      attempts.map(async ({ attemptId, ...run }) => {
        const rows = [
          await index.stages([attemptId]),
          await index.outputs([attemptId]),
          await index.metrics([attemptId]),
        ];
        return { run, rows: rows.map((of) => of.map((row) => ({ ...row, attemptId: 0 }))) };
      }),
    );
    return { each, studies: await index.studies(), trials: await index.trials('s'), problems: await index.problems() };
  });
}

test('the record is the same in whatever order journals tell of it', async () => {
  const write = (all: readonly JournalEvent[]) => {
    const layout = temporaryLayout();
    const journals = [openJournal(layout.journals), openJournal(layout.study('s').journals)] as const;
    for (const [i, event] of all.entries()) journals[i % 2 === 0 ? 0 : 1].append(event);
    for (const journal of journals) journal.close();
    return layout;
  };
  const expected = await recorded(write(events));
  expect(expected.each).toHaveLength(2);
  expect(expected.trials).toMatchObject([{ state: 'complete', value: 0.5, restarts: 1 }]);
  const order = fc.shuffledSubarray([...events], { minLength: events.length });
  await fc.assert(
    fc.asyncProperty(order, async (shuffled) => {
      expect(await recorded(write(shuffled))).toEqual(expected);
    }),
    { numRuns: 15, seed: 1 },
  );
});
