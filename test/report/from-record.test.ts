import { appendFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '../../src/events.ts';
import { sha256, short } from '../../src/hash.ts';
import { openJournal } from '../../src/record/journal.ts';
import { withIndex } from '../../src/record/open-index.ts';
import { comparableGroups } from '../../src/report/comparable-groups.ts';
import { comparisonOf } from '../../src/report/from-record.ts';
import { objectiveOf } from '../../src/report/study-of.ts';
import type { Layout } from '../../src/store/layout.ts';
import { record, recordStudy, runEvents } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const compared = (layout: Layout, ...selection: string[]) =>
  withIndex(layout, (index) => comparisonOf(index, layout, selection));

describe('a study', () => {
  test('is compared by default, with its metric, goal and split', async () => {
    const layout = temporaryLayout();
    const hashes = recordStudy(layout);
    record(layout, { params: { seed: 5 } });
    const comparison = await compared(layout);
    expect(comparison).toMatchObject({
      title: 'Study loss',
      study: {
        name: 'loss',
        sampler: 'grid',
        question: 'Which loss?',
        replicates: [],
        arms: [],
        pruned: 'train.d_accuracy',
        metric: { name: 'evaluate.ndcg@10', goal: 'maximize' },
        states: { complete: 11 },
      },
      rankBy: 'evaluate.ndcg@10',
      splitBy: 'model.loss',
    });
    expect(comparison.runs.map((run) => run.configHash).sort()).toEqual([...hashes].sort());
    expect(comparison.metrics['evaluate.loss']).toEqual({ stage: 'evaluate', goal: 'minimize', holdout: true });
    expect(comparison.holdout).toContainEqual({
      ...{ metric: 'evaluate.ndcg@10', configs: 12 },
      group: comparison.runs.find((run) => run.status === 'complete')?.metrics['evaluate.ndcg@10']?.group,
    });
  });

  test('is as good as its runs where one names them; without a study all runs are meant', async () => {
    const layout = temporaryLayout();
    const hashes = record(layout, {}, { params: { seed: 2 }, at: 1 });
    expect((await compared(layout)).title).toBe('2 runs');
    expect(await compared(layout, short(hashes[1] ?? ''))).toMatchObject({
      title: `Run ${short(hashes[1] ?? '')}@1`,
      rankBy: 'evaluate.ndcg@10',
      runs: [{ params: { 'model.loss': 'vanilla', 'evaluate.cutoffs': [5, 10, 20] } }],
    });
  });

  test('several studies of one objective are ranked by it', async () => {
    const layout = temporaryLayout();
    const [first = '', second = ''] = recordStudy(layout);
    recordStudy(layout, 'again');
    const [alone = ''] = record(layout, { params: { seed: 5 } });
    append(layout, [
      { type: 'study-started', at: 1, study: 'other', spec: { metric: { name: 'evaluate.loss', goal: 'minimize' } } },
    ]);
    expect((await compared(layout, 'loss', 'again')).rankBy).toBe('evaluate.ndcg@10');
    await withIndex(layout, async (index) => {
      expect(await objectiveOf(index, ['loss', 'again'])).toEqual({ name: 'evaluate.ndcg@10', goal: 'maximize' });
      expect(await objectiveOf(index, ['loss', 'other'])).toBeUndefined();
      expect(await objectiveOf(index, [first, second])).toMatchObject({ name: 'evaluate.ndcg@10' });
      expect(await objectiveOf(index, [first, alone])).toBeUndefined();
    });
  });

  test('of which nothing but a trial is on record still compares', async () => {
    const layout = temporaryLayout();
    const [hash] = record(layout, {});
    const told = {
      type: 'trial-told',
      at: 9,
      study: 's',
      trial: 0,
      state: 'complete',
      runs: hash ? [hash] : [],
    } as const;
    append(layout, [told]);
    const comparison = await compared(layout, 's');
    expect(comparison.study).toBeUndefined();
    expect(comparison.runs).toHaveLength(1);
  });
});

describe('one run', () => {
  test('its curves, stages, environment, and how to have it again', async () => {
    const layout = temporaryLayout();
    const [hash = ''] = record(layout, { steps: 5 });
    const [run] = (await compared(layout, hash)).runs;
    expect(run?.series['train.g_loss']).toEqual({
      steps: [1, 2, 3, 4, 5],
      values: [1, 0.5, null, 0.25, 0.2],
      points: 5,
    });
    expect(run?.stages.map((s) => [s.name, s.outcome, s.outputs.length])).toEqual([
      ['download', 'cached', 1],
      ['preprocess', 'ran', 1],
      ['train', 'ran', 1],
      ['evaluate', 'ran', 1],
    ]);
    expect(run?.environment).toMatchObject({ cpus: 2 });
    expect(run?.reproduce).toEqual([`npx retrial reproduce ${short(hash)}`]);
  });

  test('a long curve is thinned and says how long it was; a step told twice counts once, the later', async () => {
    const layout = temporaryLayout();
    const [hash = ''] = record(layout, { steps: 5000 });
    const published = layout.stage(sha256(`train${hash}`) as never).series;
    appendFileSync(published, '{"step":5000,"g_loss":-7,"d_accuracy":NaN}\n{"step":');
    const series = (await compared(layout)).runs[0]?.series['train.g_loss'];
    expect(series?.points).toBe(5000);
    expect(series?.steps.length).toBe(1000);
    expect(series?.values.at(-1)).toBe(-7);
  });

  test('a failed one has its failure in words, the end of its log, and what the failed stage had reported', async () => {
    const layout = temporaryLayout();
    const [hash] = record(layout, { failure: { kind: 'exit', code: 3 } });
    if (hash !== undefined) appendFileSync(layout.run(hash).attempt(1).series('train'), '{"step":1,"g_loss":2}\n');
    const [run] = (await compared(layout)).runs;
    expect(run?.stages[2]).toMatchObject({
      outcome: 'failed',
      failure: 'exited with code 3',
      logTail: 'step 1\nError: out of memory',
    });
    expect(run?.series['train.g_loss']?.values).toEqual([2]);
    expect(run?.metrics).toEqual({});
  });

  test('an earlier attempt is named with its number', async () => {
    const layout = temporaryLayout();
    const [hash = ''] = record(layout, {}, { attempt: 2 });
    expect((await compared(layout, `${hash}@1`)).runs[0]?.reproduce).toEqual([
      `npx retrial reproduce ${short(hash)}@1`,
    ]);
  });

  test('stages that its targets do not need are left out', async () => {
    const layout = temporaryLayout();
    append(
      layout,
      runEvents(layout, {}).map((event) =>
        event.type === 'run-started' ? { ...event, targets: ['preprocess'] } : event,
      ),
    );
    expect((await compared(layout)).runs[0]?.stages.map((s) => s.name)).toEqual(['download', 'preprocess']);
  });

  test('what is known of a series, and that a diverged metric is no number', async () => {
    const layout = temporaryLayout();
    record(layout, { score: 'NaN' });
    const comparison = await compared(layout);
    expect(comparison.series['train.d_accuracy']).toEqual({
      stage: 'train',
      reference: { value: 0.5, label: 'guessing' },
    });
    expect(comparison.runs[0]?.metrics['evaluate.ndcg@10']).toMatchObject({ value: null, text: 'NaN' });
  });
});

describe('comparable groups', () => {
  test('protocols are apart and labelled by what differs, not by what is the same', async () => {
    const layout = temporaryLayout();
    record(layout, {}, { params: { seed: 2 } }, { protocol: 'leaked' });
    const { groups, runs } = await compared(layout);
    const of = runs.map((run) => groups[run.metrics['evaluate.ndcg@10']?.group ?? '']?.label);
    expect(of.sort()).toEqual([
      'evaluate.protocol = leaked',
      'evaluate.protocol = masked',
      'evaluate.protocol = masked',
    ]);
    expect(runs.map((run) => groups[run.metrics['train.g_loss']?.group ?? '']?.label)).toEqual(['', '', '']);
  });

  test('dependencies are told by the start of their hash, an absent param as absent', () => {
    const [a, b] = ['1', '2'].map((digit) => digit.repeat(64));
    const metric = (truth: string | undefined, evaluate: object) => ({
      stage: 'evaluate',
      comparable: { truth: truth ?? null, 'params.evaluate': evaluate as never },
    });
    const groups = comparableGroups([metric(a, { k: 1 }), metric(b, { k: 1, mask: true }), metric(a, { k: 1 })]);
    expect(Object.values(groups).map((group) => group.label)).toEqual([
      'truth 11111111, no evaluate.mask',
      'truth 22222222, evaluate.mask = true',
    ]);
  });

  test('equal components in different stages are different groups; the only one of a stage needs no label', () => {
    const comparable = { truth: '1' };
    const groups = comparableGroups([
      { stage: 'validate', comparable },
      { stage: 'evaluate', comparable },
    ]);
    expect(Object.values(groups).map((group) => group.label)).toEqual(['', '']);
  });
});

function append(layout: Layout, events: readonly JournalEvent[]): void {
  const journal = openJournal(layout.journals);
  for (const event of events) journal.append(event);
  journal.close();
}
