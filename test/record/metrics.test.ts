/** Metrics come out of the index as they went in, and those of some names alone. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withIndex } from '../../src/record/open-index.ts';
import { record } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const runs = Number(process.env.RETRIAL_PROPERTY_RUNS ?? 200);

test('to the last bit, whatever the number', async () => {
  const drawn = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: runs, seed: 1 });
  const scores = [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, 2 ** 53 - 1, -1e-7, 0, ...drawn];
  const layout = temporaryLayout();
  const hashes = record(layout, ...scores.map((score, seed) => ({ params: { seed }, score })));
  const [values, names, series] = await withIndex(layout, async (index) => {
    const rows = new Map((await index.runs()).map((run) => [run.attemptId, run.configHash]));
    const metrics = await index.metrics([...rows.keys()], ['evaluate.ndcg@10']);
    const ofRun = new Map(metrics.map(({ attemptId, value }) => [rows.get(attemptId), value]));
    return [ofRun, await index.metricNames(), await index.metrics([...rows.keys()], [])] as const;
  });
  expect(hashes.map((hash) => values.get(hash))).toEqual(scores.map((score) => (score === 0 ? 0 : score)));
  expect(names).toContain('train.g_loss');
  expect(series).toEqual([]);
});
