/** A held-out part that was seen in training: told when the pipeline is read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadPipeline } from '../../src/pipeline/load.ts';

async function warningsOf(train: string, evaluate: string, more = ''): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-held-out-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'pipeline.yaml');
  writeFileSync(
    file,
    `version: 1
stages:
  split: { cmd: x, outs: { train: train.csv, test: test.csv } }
  train: { cmd: x, deps: { ${train} }, outs: { model: m } }
  tune: { cmd: x, deps: { model: "\${train.model}" }, outs: { model: m } }
  evaluate:
    cmd: x
    deps: { model: "\${tune.model}", ${evaluate} }
    metrics: { scores: { path: scores.json, comparable_by: [truth] } }
    ${more}
`,
  );
  return (await loadPipeline({ file })).warnings.map(
    ({ message, place }) => `${place?.line}:${place?.column} ${message}`,
  );
}

const fromTrain = 'data: "${split.train}"';
const told = 'evaluate is said to look at held-out data, but train, which it depends on, is given its truth too';

test('an output that an earlier stage was given, however many stages are between', async () => {
  expect(await warningsOf(fromTrain, 'truth: "${split.train}"', 'holdout: true')).toEqual([`8:44 ${told}`]);
});

test('a path, however it is written', async () => {
  expect(await warningsOf('data: all.csv', 'truth: ./all.csv', 'holdout: true')).toEqual([`8:44 ${told}`]);
});

test('a part of its own, what is not judged by, and a stage that does not say it holds out are fine', async () => {
  expect(await warningsOf(fromTrain, 'truth: "${split.test}"', 'holdout: true')).toEqual([]);
  expect(await warningsOf(fromTrain, 'truth: "${split.test}", seen: "${split.train}"', 'holdout: true')).toEqual([]);
  expect(await warningsOf(fromTrain, 'truth: "${split.train}"')).toEqual([]);
});
