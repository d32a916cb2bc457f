import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSweep } from '../../src/sweep/read-sweep.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const pipeline = `version: 1
params: params.yaml
stages:
  train: { cmd: "train", params: [model], outs: { model: model.bin } }
  validate:
    cmd: score
    deps: { model: "\${train.model}" }
    params: [evaluate]
    metrics: { scores: { path: scores.json, goal: maximize, comparable_by: [params.evaluate] } }
`;

async function warningsOf(parameters: string) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
  writeFileSync(join(folder, 'params.yaml'), 'model: { size: 1 }\nevaluate: { k: 10, protocol: held-out }\n');
  const sweep = `version: 1\nmetric: { name: validate.ndcg, goal: maximize }\nparameters:\n${parameters}`;
  writeFileSync(join(folder, 'sweep.yaml'), sweep);
  const { warnings } = await readSweep(join(folder, 'sweep.yaml'), { pipelineFile: join(folder, 'pipeline.yaml') });
  return warnings.map(({ message, place }) => ({ message, line: place?.line }));
}

test('a searched param that values are comparable by is told with its place', async () => {
  const searched = '  model.size: { values: [1, 2] }\n  evaluate.k: { values: [5, 10] }\n';
  expect(await warningsOf(searched)).toEqual([
    {
      line: 5,
      message:
        'evaluate.k is searched, and values of validate.ndcg may be ranked together only where it is the same (comparable_by)',
    },
  ]);
  expect(await warningsOf('  model.size: { values: [1, 2] }\n')).toEqual([]);
});
