/** What is said of runs later, and which attempt speaks for a run. */
import { describe, expect, test } from 'vitest';
import type { AttemptId, JournalEvent } from '../../src/events.ts';
import { type ConfigHash, type FingerprintHash, sha256 } from '../../src/hash.ts';
import { openJournal } from '../../src/record/journal.ts';
import { openIndex } from '../../src/record/open-index.ts';
import { findRuns } from '../../src/report/find-runs.ts';
import type { Layout } from '../../src/store/layout.ts';
import { currentProcess } from '../../src/store/process-identity.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const hash = sha256('config') as string as ConfigHash;
const result = sha256('key') as string as FingerprintHash;
const id = (attempt = 1): AttemptId => ({ configHash: hash, attempt });

const started = (attempt = 1, more: object = {}): JournalEvent => ({
  ...{ type: 'run-started', at: attempt * 100, id: id(attempt), params: {}, targets: [], tags: [] },
  ...{ stages: { train: { params: [], deps: [] } }, by: currentProcess(), ...more },
});
const finished = (attempt = 1, status: 'complete' | 'failed' = 'complete'): JournalEvent => ({
  ...{ type: 'run-finished', at: attempt * 100 + 50, id: id(attempt), status, durationMs: 50 },
});
const marked = (at: number, more: object, attempt = 1): JournalEvent => ({
  ...{ type: 'run-marked', at, id: id(attempt), ...more },
});
const dead = { ...currentProcess(), pidStart: '1' }; // our pid, once another's

/** Each list is a journal of its own. */
async function indexOf(...journals: JournalEvent[][]) {
  const layout = temporaryLayout();
  for (const events of journals) await write(layout, events);
  return await openIndex(layout);
}

async function write(layout: Layout, events: readonly JournalEvent[]): Promise<void> {
  const journal = openJournal(layout.journals);
  for (const event of events) journal.append(event);
  journal.close();
}

describe('the last word counts, in whatever order journals are read', () => {
  const words = [
    [started(1, { tags: ['first'], note: 'why' }), finished()],
    [marked(300, { addTags: ['good'], removeTags: ['first'], pinned: true, note: 'because' })],
    [marked(200, { addTags: ['first', 'early'], pinned: false, note: null })],
  ];
  test.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 0, 2]], [[2, 0, 1]]])('%j', async (order) => {
    const index = await indexOf(...order.map((at) => words[at] ?? []));
    const [run] = await index.runs();
    await index.close();
    expect(run).toMatchObject({ tags: ['early', 'good'], note: 'because', pinned: true });
  });

  test('a removed attempt is in no table, and the one before it speaks for the run', async () => {
    const removed: JournalEvent = { type: 'run-removed', at: 900, id: id(2) };
    const index = await indexOf([removed], [started(1), finished(1), started(2), finished(2, 'failed')]);
    expect((await index.runs()).map(({ attempt, status }) => [attempt, status])).toEqual([[1, 'complete']]);
    expect((await index.attempts(hash)).map(({ attempt }) => attempt)).toEqual([1]);
    await index.close();
  });
});

describe('what is said of one attempt is said of the run', () => {
  const again = [
    started(1, { tags: ['first'], note: 'why' }),
    finished(1),
    started(2, { tags: ['second'] }),
    finished(2),
  ];
  const said = async (...journals: JournalEvent[][]) => {
    const index = await indexOf(...journals);
    const [run] = await index.runs();
    const attempts = await index.attempts(hash);
    const all = await index.allAttempts();
    const found = await findRuns(index, { where: 'tags contains "first"' });
    await index.close();
    const marks = [run, ...attempts, ...all].map((row) => ({ tags: row?.tags, note: row?.note, pinned: row?.pinned }));
    expect(new Set(marks.map((one) => JSON.stringify(one))).size).toBe(1);
    return { attempt: run?.attempt, ...marks[0], found: found.count };
  };

  test('of all attempts the tags, the newest note, the pin', async () => {
    const both = { attempt: 2, tags: ['first', 'second'], note: 'why', pinned: false, found: 1 };
    expect(await said(again)).toEqual(both);
    expect(await said([marked(120, { pinned: true })], again)).toEqual({ ...both, pinned: true });
    const words = [marked(400, { note: 'newer' }), marked(300, { note: 'new', pinned: false }, 2)];
    expect(await said(words, again, [marked(120, { pinned: true })])).toEqual({ ...both, note: 'newer' });
  });

  test('and taken away from the run, whichever attempt had it', async () => {
    const none = { attempt: 2, tags: ['second'], note: null, pinned: false, found: 0 };
    const away = marked(500, { removeTags: ['first'], note: null, pinned: false }, 2);
    expect(await said([away], again, [marked(400, { pinned: true })])).toEqual(none);
    expect(await said([away], again, [marked(600, { addTags: ['first'] })])).toMatchObject({
      tags: ['first', 'second'],
    });
  });

  test('a removed attempt says nothing any more', async () => {
    expect(await said(again, [{ type: 'run-removed', at: 900, id: id(1) }])).toMatchObject({
      ...{ tags: ['second'], note: null },
    });
  });
});

describe('of a run that was tried again and killed', () => {
  test('the newest attempt that ended speaks, and the killed one is still there by its number', async () => {
    const index = await indexOf([started(1), finished(1)], [started(2, { by: dead })]);
    expect((await index.runs())[0]).toMatchObject({ attempt: 1, status: 'complete' });
    expect(await index.run(hash.slice(0, 8))).toMatchObject({ attempt: 1 });
    expect(await index.run(`${hash}@2`)).toMatchObject({ attempt: 2, status: 'killed' });
    await index.close();
  });

  test('one that runs just now hides no complete one; where all were killed, the newest', async () => {
    const running = await indexOf([started(1), finished(1)], [started(2)]);
    expect((await running.runs())[0]).toMatchObject({ attempt: 1, status: 'complete' });
    await running.close();
    const killed = await indexOf([started(1, { by: dead })], [started(2, { by: dead })]);
    expect((await killed.runs())[0]).toMatchObject({ attempt: 2, status: 'killed' });
    await killed.close();
  });
});

describe('a stage that came out otherwise is marked from then on', () => {
  const ran = (more: object = {}): JournalEvent => ({
    ...{ type: 'stage-finished', at: 120, id: id(), stage: 'train', outcome: 'ran', fingerprint: result },
    ...{ durationMs: 5, ...more },
  });
  const reproduced = (sameInputs: boolean, differing: readonly string[]): JournalEvent => ({
    ...{ type: 'run-reproduced', at: 400, id: id(), verdict: 'different' },
    stages: [{ stage: 'train', fingerprint: result, sameInputs, differing }],
  });
  const marks = async (...journals: JournalEvent[][]) => {
    const index = await indexOf(...journals);
    const runs = await index.runs();
    const stages = await index.stages(runs.map(({ attemptId }) => attemptId));
    await index.close();
    return { runs: runs.map((run) => run.nondeterministic), outputs: stages.map((stage) => stage.nondeterministic) };
  };

  test('published with other bytes, or reproduced with others from the same inputs', async () => {
    const found = { runs: [['train']], outputs: [['model']] };
    expect(await marks([started(), ran({ differing: ['model'] }), finished()])).toEqual(found);
    expect(await marks([reproduced(true, ['model'])], [started(), ran(), finished()])).toEqual(found);
  });

  test('not where what went in had changed, or nothing differed', async () => {
    const clean = { runs: [[]], outputs: [[]] };
    expect(await marks([started(), ran(), finished()], [reproduced(false, ['model'])])).toEqual(clean);
    expect(await marks([started(), ran(), finished()], [reproduced(true, [])])).toEqual(clean);
  });

  test('every run that points at the result shares the mark', async () => {
    const other = { configHash: sha256('other') as string as ConfigHash, attempt: 1 };
    const runs = await marks(
      [started(), ran({ differing: ['model'] }), finished()],
      [
        { ...started(), id: other } as JournalEvent,
        { ...ran({ outcome: 'cached' }), id: other } as JournalEvent,
        { ...finished(), id: other } as JournalEvent,
      ],
    );
    expect(runs.runs).toEqual([['train'], ['train']]);
  });
});
