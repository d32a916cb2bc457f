/** Which attempt speaks for a run: a partial or failed rerun takes no good result out of sight. */
import { utimesSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { JournalEvent, RunStatus } from '../../src/events.ts';
import { openJournal } from '../../src/record/journal.ts';
import { type Index, withIndex } from '../../src/record/open-index.ts';
import { findRuns } from '../../src/report/find-runs.ts';
import type { Layout } from '../../src/store/layout.ts';
import { configHashOf, type RunSpec, runEvents } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const hash = configHashOf({});
const later = 1_700_000_500_000;

/** A rerun of some of the stages. */
function partial(layout: Layout, spec: RunSpec, stages: readonly string[], status: RunStatus = 'complete') {
  return runEvents(layout, spec).flatMap((event): JournalEvent[] => {
    if (event.type === 'run-started') return [{ ...event, targets: stages }];
    if (event.type === 'run-finished') return [{ ...event, status }];
    return 'stage' in event && !stages.includes(event.stage) ? [] : [event];
  });
}

function write(folder: string, events: readonly JournalEvent[]): void {
  const journal = openJournal(folder);
  for (const event of events) journal.append(event);
  journal.close();
}

async function after<T>(body: (index: Index) => Promise<T>, ...attempts: ((layout: Layout) => JournalEvent[])[]) {
  const layout = temporaryLayout();
  for (const events of attempts) write(layout.journals, events(layout));
  return await withIndex(layout, body);
}

const spokenFor = async (index: Index) => {
  const [run] = await index.runs();
  expect((await index.run(hash)).attempt).toBe(run?.attempt);
  expect((await index.select(['latest']))[0]?.attempt).toBe(run?.attempt);
  return run?.attempt;
};
const full = (attempt: number) => (layout: Layout) => runEvents(layout, { attempt, at: later + attempt });
const failed = (attempt: number) => (layout: Layout) =>
  runEvents(layout, { attempt, at: later + attempt, failure: { kind: 'exit', code: 1 } });
const only = (attempt: number, stages: readonly string[], status?: RunStatus) => (layout: Layout) =>
  partial(layout, { attempt, at: later + attempt }, stages, status);

test.each([
  ['a rerun of one stage', [full(1), only(2, ['download'])], 1],
  ['a failed rerun', [full(1), failed(2)], 1],
  ['a cancelled rerun', [full(1), only(2, ['download'], 'cancelled')], 1],
  ['a whole rerun wins, as the code may be another', [full(1), full(2)], 2],
  ['a whole rerun wins over a part and a failure before it', [full(1), only(2, ['download']), failed(3), full(4)], 4],
  ['one that goes further than a first part', [only(1, ['download', 'preprocess']), full(2)], 2],
  ['of failures the newest', [failed(1), failed(2)], 2],
  ['a complete part over a failure of the whole', [failed(2), only(1, ['download'])], 1],
])('%s', async (_what, attempts, expected) => {
  expect(await after(spokenFor, ...attempts)).toBe(expected);
});

test('a whole rerun wins where the pipeline has fewer stages than before', async () => {
  const smaller = (layout: Layout) =>
    runEvents(layout, { attempt: 2, at: later }).flatMap((event): JournalEvent[] => {
      if ('stage' in event && event.stage === 'evaluate') return [];
      if (event.type !== 'run-started') return [event];
      const { evaluate: _gone, ...stages } = event.stages;
      return [{ ...event, stages, targets: [] }];
    });
  expect(await after(spokenFor, full(1), smaller)).toBe(2);
});

test('metrics, params and expressions are those of the attempt that speaks', async () => {
  await after(
    async (index) => {
      const [run] = await index.runs();
      const { rows, count } = await findRuns(index, { where: 'evaluate.ndcg@10 > 0.2 and attempt = 1' });
      expect([...rows.values()]).toEqual([run]);
      expect(count).toBe(1);
    },
    full(1),
    only(2, ['download']),
  );
});

test('a run begun again is the latest, although an older attempt speaks for it', async () => {
  const spec = { params: { seed: 7 }, at: later + 10 };
  const other = (layout: Layout) => {
    const events = runEvents(layout, spec);
    // Folders made within one tick of the file system's clock would have the same time.
    utimesSync(layout.run(configHashOf(spec)).attempts, 1, 1);
    return events;
  };
  const rows = await after((index) => index.select(['latest']), full(1), other, failed(20));
  expect(rows).toMatchObject([{ configHash: hash, attempt: 1 }]);
});

test('a study shows the attempts of its trials, whatever was run since', async () => {
  const study = { name: 's', trial: 0 };
  const told = { type: 'trial-told', at: later, study: 's', trial: 0, runs: [hash], value: 0.25 } as const;
  const layout = temporaryLayout();
  write(layout.study('s').journals, [{ ...told, state: 'complete' }]);
  write(layout.journals, [...runEvents(layout, { study }), ...full(2)(layout)]);
  await withIndex(layout, async (index) => {
    expect((await index.runs('s')).map((run) => run.attempt)).toEqual([1]);
    expect((await index.select(['s'])).map((run) => run.attempt)).toEqual([1]);
    expect((await index.runs()).map((run) => run.attempt)).toEqual([2]);
  });
});
