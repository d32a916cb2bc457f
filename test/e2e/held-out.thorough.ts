/** The test part is never seen by a choice: the shipped pipeline, with ratings files of one's own. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSweep } from '../../src/sweep/read-sweep.ts';
import { outcomes } from '../helpers/rig.ts';
import { clone } from '../helpers/shipped.ts';

/** 30 users with 8 of 20 items each, in an order of their own; the last two are the test part. */
const rated = Array.from({ length: 30 }, (_, user) => {
  const items = Array.from({ length: 8 }, (_, i) => (user * 7 + i * (1 + (user % 3))) % 20);
  return [...new Set(items)].map((item) => `${user},${item},${1 + ((user + item) % 5)},${user * 100 + item}\n`);
});
const learned = rated.flatMap((lines) => lines.slice(0, -2)).join('');
const held = rated.flatMap((lines) => lines.slice(-2));

test('another test part: training and validation do not run again, whatever changed in it', async () => {
  const project = clone();
  project.write({
    'train.csv': learned,
    'test.csv': held.join(''),
    'other.csv': [
      ...held.map((line) => line.replace(/,\d,(\d+)$/m, ',9,$1')),
      'somebody,new,5,1\n',
      '0,unknown,1,2\n',
    ].join(''),
    'mine.yaml':
      'data: { source: file, path: train.csv, test_path: test.csv }\nsplit: { method: given }\nmodel: { name: popularity }\n',
  });
  const run = (testPath: string) =>
    project.run('-c', 'mine.yaml', '-s', `data.test_path=${testPath}`, 'validate', 'evaluate');
  const validation = ({ metrics }: Awaited<ReturnType<typeof run>>) =>
    Object.entries(metrics).filter(([name]) => name.startsWith('validate.'));
  const first = await run('test.csv');
  expect(new Set(Object.values(outcomes(first)))).toEqual(new Set(['ran']));

  // Other values, new users and new items: they are numbered behind the others.
  const other = await run('other.csv');
  expect(outcomes(other)).toMatchObject({ download: 'ran', preprocess: 'ran', train: 'cached', evaluate: 'ran' });
  expect(other.metrics['preprocess.test_only_users']).toBe(1);
  expect(validation(other)).toEqual(validation(first));

  // The same run, whose test file was edited in place.
  project.write({ 'test.csv': held.toReversed().slice(3).join('') });
  const edited = await run('test.csv');
  expect(outcomes(edited)).toMatchObject({ preprocess: 'ran', train: 'fresh', validate: 'fresh', evaluate: 'ran' });
  expect(validation(edited)).toEqual(validation(first));
});

test('no metric of the test part can be the objective of a sweep', async () => {
  const project = clone();
  const sweep = (metric: string) => {
    const file = project.path('sweep.yaml');
    writeFileSync(
      file,
      `version: 1\nname: peek\nmetric: { name: ${metric}, goal: maximize }\nparameters: { seed: { values: [1, 2] } }\nsampler: { type: grid }\n`,
    );
    return readSweep(file, { pipelineFile: project.path('pipeline.yaml') });
  };
  expect((await sweep('validate.ndcg@10')).budget.trials).toBe(2);
  for (const metric of ['evaluate.ndcg@10', 'evaluate.item_coverage@20'])
    await expect(sweep(metric)).rejects.toThrowError('evaluate sees held-out data, which may not steer a search');
});
