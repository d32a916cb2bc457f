import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JournalEvent, ProcessIdentity } from '../../src/events.ts';
import { type ConfigHash, short } from '../../src/hash.ts';
import { openDatabase } from '../../src/record/database.ts';
import { openJournal } from '../../src/record/journal.ts';
import { openIndex, withIndex } from '../../src/record/open-index.ts';
import { schemaVersion } from '../../src/record/schema.ts';
import { pointLatest } from '../../src/store/latest.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { currentProcess } from '../../src/store/process-identity.ts';
import { configHashOf, record, recordStudy, runEvents } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

describe('what one run becomes', () => {
  test('rows of all kinds', async () => {
    const layout = temporaryLayout();
    const [hash] = record(layout, { tags: ['b', 'a'], note: 'why not', score: 0.3 });
    await withIndex(layout, async (index) => {
      const [run, ...others] = await index.runs();
      if (run === undefined) throw new Error('no run');
      expect(others).toEqual([]);
      expect(run).toMatchObject({
        configHash: hash,
        attempt: 1,
        status: 'complete',
        tags: ['a', 'b'],
        note: 'why not',
      });
      expect(run.params).toMatchObject({ model: { loss: 'vanilla' }, evaluate: { cutoffs: [5, 10, 20] } });
      const stages = await index.stages([run.attemptId]);
      expect(stages.map((s) => [s.stage, s.outcome])).toEqual([
        ['download', 'cached'],
        ['preprocess', 'ran'],
        ['train', 'ran'],
        ['evaluate', 'ran'],
      ]);
      expect(stages[1]).toMatchObject({ description: 'ids and splits', deps: ['download'], executionMs: 3400 });
      expect(stages[2]?.series.d_accuracy?.reference?.value).toBe(0.5);
      const metrics = await index.metrics([run.attemptId]);
      expect(metrics.map((m) => [m.name, m.value, m.goal])).toEqual([
        ['train.g_loss', 0.7, null],
        ['train.d_accuracy', 0.5, null],
        ['evaluate.ndcg@10', 0.3, 'maximize'],
        ['evaluate.precision@5', 0.125, 'maximize'],
        ['evaluate.loss', 1.5, 'minimize'],
      ]);
      expect(metrics[2]).toMatchObject({
        holdout: true,
        file: 'scores',
        comparable: { 'params.evaluate': { protocol: 'masked' } },
      });
      expect(await index.outputs([run.attemptId])).toHaveLength(4);
      expect(await index.holdouts()).toContainEqual(
        expect.objectContaining({ metric: 'evaluate.ndcg@10', configs: 1 }),
      );
    });
  });

  test('numbers keep every bit, and what is not finite is text', async () => {
    const layout = temporaryLayout();
    record(layout, { score: 0.1 + 0.2 }, { params: { seed: 2 }, score: 'NaN' });
    await withIndex(layout, async (index) => {
      const ids = (await index.runs()).map((run) => run.attemptId);
      const scores = (await index.metrics(ids)).filter((m) => m.name === 'evaluate.ndcg@10');
      expect(scores.map((m) => [m.value, m.text])).toEqual(
        expect.arrayContaining([
          [0.30000000000000004, null],
          [null, 'NaN'],
        ]),
      );
    });
  });

  test('a metrics file wins over a series of its name', async () => {
    const layout = temporaryLayout();
    const events = runEvents(layout, {}).map(
      (event): JournalEvent =>
        event.type === 'stage-finished' && event.stage === 'evaluate'
          ? { ...event, series: { loss: { value: 9, step: 1 }, other: { value: 8, step: 2 } } }
          : event,
    );
    append(layout.journals, events);
    await withIndex(layout, async (index) => {
      const [run] = await index.runs();
      const metrics = await index.metrics([run?.attemptId ?? 0]);
      expect(metrics.find((m) => m.name === 'evaluate.loss')).toMatchObject({ value: 1.5, file: 'scores' });
      expect(metrics.find((m) => m.name === 'evaluate.other')).toMatchObject({ value: 8, step: 2, file: null });
    });
  });

  test('the latest attempt stands for the config; earlier ones are found with @', async () => {
    const layout = temporaryLayout();
    const [hash] = record(layout, { failure: { kind: 'timeout', limitMs: 5 } }, { attempt: 2, at: 1_700_000_100_000 });
    await withIndex(layout, async (index) => {
      expect((await index.runs()).map((r) => [r.attempt, r.status])).toEqual([[2, 'complete']]);
      expect(await index.run(`${hash}@1`)).toMatchObject({ attempt: 1, status: 'failed' });
      const stages = await index.stages([(await index.run(`${hash}@1`)).attemptId]);
      expect(stages.map((s) => s.outcome)).toEqual(['cached', 'ran', 'failed', 'cancelled']);
      expect(stages[2]?.failure).toEqual({ kind: 'timeout', limitMs: 5 });
      await expect(index.run(`${hash}@3`)).rejects.toThrow('no attempt 3');
    });
  });

  test('a verdict of reproduce, also when it is read before the run', async () => {
    const layout = temporaryLayout();
    const id = { configHash: configHashOf({}), attempt: 1 };
    append(layout.journals, [{ type: 'run-reproduced', at: 5, id, verdict: 'identical' }]);
    await withIndex(layout, async () => {});
    record(layout, {});
    await withIndex(layout, async (index) => {
      expect((await index.runs())[0]?.reproduced).toEqual({ verdict: 'identical', at: 5 });
    });
  });
});

describe('studies', () => {
  test('twelve trials, their states and their runs', async () => {
    const layout = temporaryLayout();
    const hashes = recordStudy(layout);
    record(layout, { params: { seed: 99 } });
    await withIndex(layout, async (index) => {
      expect(await index.studies()).toMatchObject([{ name: 'loss', states: { complete: 11, failed: 1 } }]);
      const trials = await index.trials('loss');
      expect(trials.map((t) => t.runs[0])).toEqual(hashes);
      expect(trials[11]).toMatchObject({ state: 'failed', value: null, reason: 'train failed' });
      const runs = await index.runs('loss');
      expect(runs.map((r) => r.trial)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
      expect(await index.select(['loss', hashes[11] ?? '', hashes[0] ?? ''])).toHaveLength(12);
      await expect(index.select(['lost'])).rejects.toThrow('neither a study nor a hash');
    });
  });

  test('a run that did nothing in the study belongs to it by its trial', async () => {
    const layout = temporaryLayout();
    const [hash] = record(layout, {});
    append(layout.study('again').journals, [
      { type: 'trial-told', at: 9, study: 'again', trial: 3, state: 'complete', runs: [hash as ConfigHash], value: 1 },
    ]);
    await withIndex(layout, async (index) => {
      expect(await index.runs('again')).toMatchObject([{ configHash: hash, trial: 3 }]);
    });
  });

  test('a replicate that a race added is in the mean of its trial, and among its runs', async () => {
    const layout = temporaryLayout();
    const [one, two, three] = record(layout, {}, { params: { seed: 2 } }, { params: { seed: 3 } }) as [
      ConfigHash,
      ConfigHash,
      ConfigHash,
    ];
    const ofTrial = { study: 's', trial: 0 };
    append(layout.study('s').journals, [
      {
        ...{ type: 'trial-told', at: 1, ...ofTrial, state: 'complete', runs: [one, two], value: 1.5 },
        replicates: [[1], [2]],
      },
      { type: 'replicate-told', at: 2, ...ofTrial, replicate: 2, run: three, values: [6] },
    ]);
    await withIndex(layout, async (index) => {
      expect(await index.trials('s')).toMatchObject([{ value: 3, runs: [one, two, three] }]);
    });
  });

  test('a trial whose worker died waits, one begun again runs, one told failed and asked again runs', async () => {
    const layout = temporaryLayout();
    const dead = { ...currentProcess(), bootId: 'before' };
    const asked = (trial: number, by: ProcessIdentity, restarts: number, at: number): JournalEvent => ({
      ...{ type: 'trial-asked', at, study: 's', trial, params: {}, by, restarts },
    });
    append(layout.study('s').journals, [
      asked(0, dead, 0, 1),
      asked(1, currentProcess(), 1, 3),
      asked(1, dead, 0, 4),
      asked(2, currentProcess(), 0, 1),
      { type: 'trial-told', at: 2, study: 's', trial: 2, state: 'failed', runs: [] },
      asked(2, currentProcess(), 0, 3),
    ]);
    await withIndex(layout, async (index) => {
      expect((await index.trials('s')).map((t) => t.state)).toEqual(['waiting', 'running', 'running']);
    });
  });
});

describe('names of runs', () => {
  test('unique prefixes, latest, and candidates where it is none or several', async () => {
    const layout = temporaryLayout();
    const hashes = record(layout, ...Array.from({ length: 40 }, (_, seed) => ({ params: { seed }, at: 1000 + seed })));
    await pointLatest(layout, hashes[39] as ConfigHash);
    await withIndex(layout, async (index) => {
      const hash = hashes[7] ?? '';
      expect((await index.run(short(hash).toUpperCase())).configHash).toBe(hash);
      expect((await index.run('latest')).configHash).toBe(hashes[39]);
      // 40 hashes over 16 first digits: some digit starts several.
      const digit = [...'0123456789abcdef'].find((d) => hashes.filter((h) => h.startsWith(d)).length > 1) ?? '';
      const hint = [expect.objectContaining({ hint: expect.stringContaining('they are ') })];
      await expect(index.run(digit)).rejects.toMatchObject({ diagnostics: hint });
      await expect(index.run('xyz')).rejects.toThrow('"xyz" is not a hash');
      await expect(index.run('f'.repeat(64))).rejects.toMatchObject({
        diagnostics: [expect.objectContaining({ hint: expect.stringContaining(short(hashes[39] ?? '')) })],
      });
    });
  });

  test('nothing recorded: said so, and nothing is written', async () => {
    const layout = layoutOf(join(temporaryLayout().runs, 'absent'));
    await withIndex(layout, async (index) => {
      expect(await index.runs()).toEqual([]);
      await expect(index.run('latest')).rejects.toThrow('no run yet');
    });
    expect(existsSync(layout.runs)).toBe(false);
  });
});

describe('what crashes leave', () => {
  test('a killed run is not running for ever, and revives when its news arrives', async () => {
    const layout = temporaryLayout();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const [hash] = record(layout, { killed: true, by: { ...currentProcess(), pid: child.pid ?? 0, pidStart: '1' } });
    const status = () => withIndex(layout, async (index) => (await index.run('latest')).status);
    expect(await status()).toBe('killed');
    child.kill();
    const last = runEvents(layout, {}).at(-1);
    append(layout.journals, last === undefined ? [] : [last]);
    expect(await status()).toBe('complete');
    expect(configHashOf({})).toBe(hash);
  });

  test('a run of a live process runs; one of another host counts as killed after a day of silence', async () => {
    const layout = temporaryLayout();
    record(layout, { killed: true });
    const elsewhere = { ...currentProcess(), host: 'elsewhere' };
    record(layout, { killed: true, params: { seed: 2 }, by: elsewhere });
    const statuses = () => withIndex(layout, async (index) => (await index.runs()).map((r) => r.status));
    expect(await statuses()).toEqual(['running', 'running']);
    quieten(layout, configHashOf({ params: { seed: 2 } }));
    expect((await statuses()).sort()).toEqual(['killed', 'running']);
  });

  test('a damaged line is told and costs only itself', async () => {
    const layout = temporaryLayout();
    record(layout, {});
    const [name = ''] = readdirSync(layout.journals);
    appendFileSync(
      join(layout.journals, name),
      '{"v":1,"type":"run-st\n{"v":1,"type":"run-finished","at":1}\n{"v":9,"type":"x"}\n',
    );
    record(layout, { params: { seed: 2 } });
    await withIndex(layout, async (index) => {
      expect((await index.runs()).map((r) => r.status)).toEqual(['complete', 'complete']);
      expect(await index.problems()).toMatchObject([
        { journal: `journal/${name}`, message: expect.stringContaining('not JSON') },
        { message: expect.stringContaining('not a run-finished event') },
      ]);
      expect(await index.unknownEvents()).toBe(1);
    });
  });

  test.each([
    ['deleted', (file: string) => rmSync(file)],
    ['not a database', (file: string) => writeFileSync(file, 'x'.repeat(5000))],
    ['damaged inside', damagePages],
  ])('an index that is %s is made again', async (_what, harm) => {
    const layout = temporaryLayout();
    recordStudy(layout);
    const file = await withIndex(layout, async (index) => index.file);
    harm(file);
    await withIndex(layout, async (index) => {
      expect(await index.runs()).toHaveLength(12);
      expect(await index.metrics((await index.runs()).map((r) => r.attemptId))).toHaveLength(11 * 5);
    });
  });

  test('an index of an earlier version is made again, one of a later version is left alone', async () => {
    const layout = temporaryLayout();
    record(layout, {});
    const old = await openDatabase(layout.index);
    await old.exec('CREATE TABLE runs (x); INSERT INTO runs VALUES (1); PRAGMA user_version = 0');
    await old.close();
    const count = () => withIndex(layout, async (index) => (await index.runs()).length);
    expect(await count()).toBe(1);
    const db = await openDatabase(layout.index);
    await db.exec(`DROP VIEW runs; PRAGMA user_version = ${schemaVersion + 1}`);
    await db.close();
    expect(await count()).toBe(1);
    const again = await openDatabase(layout.index);
    expect(await again.get('PRAGMA user_version')).toEqual({ user_version: schemaVersion + 1 });
    await again.close();
  });
});

test('ingesting again adds nothing, and refresh takes in what is new', async () => {
  const layout = temporaryLayout();
  recordStudy(layout);
  const index = await openIndex(layout);
  await index.refresh();
  expect(await index.runs()).toHaveLength(12);
  record(layout, { params: { seed: 5 } });
  await index.refresh();
  expect(await index.runs()).toHaveLength(13);
  await index.close();
});

function append(folder: string, events: readonly JournalEvent[]): void {
  const journal = openJournal(folder);
  for (const event of events) journal.append(event);
  journal.close();
}

/** As if nothing of the run had been written for two days. */
function quieten(layout: Layout, hash: ConfigHash): void {
  const folder = layout.run(hash).attempt(1).folder;
  const files = readdirSync(folder).map((name) => join(folder, name));
  const journals = readdirSync(layout.journals).map((name) => join(layout.journals, name));
  const before = Date.now() / 1000 - 48 * 3600;
  for (const file of [...files, ...journals]) utimesSync(file, before, before);
}

/** All but the first page, which holds the header. */
function damagePages(file: string): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xff, 4096));
}

test('an index whose file is deleted again and again is opened anew, or made in memory', async () => {
  const layout = temporaryLayout();
  const remove = () => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${layout.index}${suffix}`, { force: true });
  };
  const removing = setInterval(remove, 1);
  onTestFinished(() => clearInterval(removing));
  for (let at = 0; at < 50; at++) expect(await withIndex(layout, (index) => index.runs())).toEqual([]);
});
