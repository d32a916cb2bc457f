/**
 * One process of the training benchmark: prints what its steps cost as one JSON line.
 *
 *     tsx bench/training/ours.ts notebook|plain|cfgan STEPS
 *
 * `notebook` is the notebook's GAN as this project trains it, `plain` the same step written with the layers, losses and
 * optimisers of TensorFlow.js, `cfgan` the authors' settings on their split, where a step is a round of 260 updates.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { cfganSplit } from '../../stages/datasets/cfgan-split.ts';
import { entriesOf, idMapOf } from '../../stages/datasets/id-map.ts';
import { interactionsOf } from '../../stages/datasets/interactions.ts';
import { originsFrom } from '../../stages/datasets/mirrors.ts';
import { evaluateScorer } from '../../stages/metrics/evaluate-scorer.ts';
import { createCfganGame } from '../../stages/models/cfgan/game.ts';
import type { ModelParams } from '../../stages/models/model.ts';
import { createNotebookGame } from '../../stages/models/notebook-gan/game.ts';
import type { Trainee } from '../../stages/models/trainee.ts';
import { openTensorFlow } from '../../stages/tensorflow.ts';
import { defaultParams, type Tree } from '../../test/helpers/default-params.ts';
import { notebookMatrix } from '../notebook-protocol/experiment.ts';
import { plainNotebook } from './plain.ts';

const warmUp = 5;
const [mode = 'notebook', stepsText = '100'] = process.argv.slice(2);
const steps = Number(stepsText);
const { tf, backend } = await openTensorFlow({ threads: Number(process.env.THREADS ?? 1) });

const { trainee, users } = await traineeOf(mode);
let step = 0;
for (; step < warmUp; ) await trainee.step(++step, breathe);
const tensors = tf.memory().numTensors;
const rssBefore = rssMb();
const began = performance.now();
const cpu = process.cpuUsage();
const times: number[] = [];
while (step < warmUp + steps) {
  const start = performance.now();
  await trainee.step(++step, breathe);
  times.push(performance.now() - start);
}
const used = process.cpuUsage(cpu);
const msPerStep = (performance.now() - began) / steps;

console.log(
  JSON.stringify({
    backend,
    msPerStep,
    // What a step takes when nothing else has the processor: its fastest twentieth ends here.
    undisturbedMs: times.sort((a, b) => a - b)[Math.floor((steps - 1) / 20)],
    cpuMsPerStep: (used.user + used.system) / 1000 / steps,
    tensorsLeft: tf.memory().numTensors - tensors,
    rssMb: rssMb(),
    rssGrownMb: rssMb() - rssBefore,
    evaluationMs: await evaluationMs(),
  }),
);

async function traineeOf(name: string): Promise<{ trainee: Pick<Trainee, 'step'> & Partial<Trainee>; users: number }> {
  if (name === 'cfgan') {
    const { train, params } = await authorsSetting();
    return { trainee: createCfganGame(train, params, 1), users: train.users };
  }
  const matrix = await notebookMatrix();
  const params = { ...(defaultParams().model as ModelParams), name: 'notebook-gan', learning_rate: 2e-4 };
  const make = name === 'plain' ? plainNotebook : createNotebookGame;
  return { trainee: make(matrix, params, 1), users: matrix.users };
}

async function authorsSetting() {
  const overlay = parse(readFileSync('configs/cfgan.yaml', 'utf8')) as Tree;
  const options = { signal: new AbortController().signal, progress() {} };
  const ratings = await cfganSplit(originsFrom(process.env.RETRIAL_DATA_MIRROR, options));
  const train = ratings.filter(({ part }) => part === 'train');
  const ids = idMapOf({ train, validation: [], test: [] });
  return {
    train: interactionsOf(
      entriesOf(train, ids, () => 1),
      ids.known,
    ),
    params: defaultParams(overlay).model as ModelParams,
  };
}

/** All users scored and ranked at 5, 10 and 20, with every metric; the best of three. */
async function evaluationMs(): Promise<number | undefined> {
  if (trainee.scorer === undefined) return undefined;
  const truth = await notebookMatrix();
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const scorer = trainee.scorer();
    const seen = interactionsOf([], { users, items: scorer.items });
    const start = performance.now();
    await evaluateScorer(scorer, { truth, seen, candidates: scorer.items, cutoffs: [5, 10, 20] });
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

async function breathe(): Promise<void> {}

function rssMb(): number {
  return process.memoryUsage().rss / 1e6;
}
