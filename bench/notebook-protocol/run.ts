/**
 * How good is the notebook's GAN by the notebook's own measure, and what does its frozen discriminator cost?
 *
 *     RETRIAL_DATA_MIRROR=… npx tsx bench/notebook-protocol/run.ts [--seeds 1,2,3] [--until 2000] [--html FILE]
 *         [--peers FOLDER --notebook FILE [--their-seeds 42,43]]
 *
 * Prints one CSV line a measurement, then the means over seeds beside popularity and chance. With `--peers` the notebook
 * itself, FILE (.ipynb), is run beside: Python TensorFlow and three versions of Keras are installed into FOLDER from
 * PyPI, and it is run nine times, and three more to its end for each seed: some 40 s of one core each.
 */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { interactionsOf } from '../../stages/datasets/interactions.ts';
import { evaluateRandom } from '../../stages/metrics/evaluate-scorer.ts';
import { popularityScorer } from '../../stages/models/popularity.ts';
import { drawPage } from '../../stages/report/html-page.ts';
import { drawLineChart } from '../../stages/report/line-chart.ts';
import { openTensorFlow } from '../../stages/tensorflow.ts';
import { printAsItStands, printBeside } from './beside.ts';
import { type Discriminator, discriminators, notebookMatrix, type Point, scoreLeaked, train } from './experiment.ts';
import { openNotebook } from './theirs.ts';

const allSteps = [0, 10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000];

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    until: { type: 'string', default: '2000' },
    html: { type: 'string' },
    peers: { type: 'string' },
    notebook: { type: 'string' },
    'their-seeds': { type: 'string', default: '42' },
  },
});
if ((values.peers === undefined) !== (values.notebook === undefined))
  throw new Error('--peers FOLDER and --notebook FILE belong together: the notebook is not part of this project');
const steps = allSteps.filter((step) => step <= Number(values.until));
const seeds = values.seeds.split(',').map(Number);
await openTensorFlow({ threads: 1 });
const matrix = await notebookMatrix();
const popularity = await scoreLeaked(popularityScorer(matrix), matrix);
const unmasked = { truth: matrix, seen: interactionsOf([], matrix), candidates: matrix.items, cutoffs: [5] };
const chance = evaluateRandom(unmasked).means;

console.log('discriminator,seed,step,precision@5,ndcg@5,d_loss,d_accuracy,g_loss');
const points: Point[] = [];
for (const discriminator of discriminators)
  for (const seed of seeds)
    for await (const point of train(matrix, discriminator, seed, steps)) {
      points.push(point);
      console.log(csvOf(point));
    }

console.log(`\nmean of seeds ${seeds.join(', ')}: precision@5 / ndcg@5`);
console.log(['step', ...discriminators].join('\t'));
for (const step of steps) console.log([step, ...discriminators.map((name) => meanText(name, step))].join('\t'));
console.log(`popularity\t${popularity.precision.toFixed(4)} / ${popularity.ndcg.toFixed(4)}`);
console.log(`chance\t${chance['precision@5']?.toFixed(4)} / ${chance['ndcg@5']?.toFixed(4)}`);
if (values.peers !== undefined && values.notebook !== undefined) {
  const notebook = openNotebook(resolve(values.notebook), resolve(values.peers));
  printAsItStands(notebook);
  printBeside(notebook, values['their-seeds'].split(',').map(Number), points);
}
if (values.html !== undefined)
  await writeFile(values.html, drawPage("The notebook's GAN, ranked on its training data", chart()));

function csvOf({ discriminator, seed, step, ...measured }: Point): string {
  return [
    discriminator,
    seed,
    step,
    ...Object.values(measured).map((value) => (Number.isNaN(value) ? '' : value.toFixed(4))),
  ].join(',');
}

function mean(discriminator: Discriminator, step: number, of: 'precision' | 'ndcg'): number {
  const own = points.filter((point) => point.discriminator === discriminator && point.step === step);
  return own.reduce((sum, point) => sum + point[of], 0) / own.length;
}

function meanText(discriminator: Discriminator, step: number): string {
  return `${mean(discriminator, step, 'precision').toFixed(4)} / ${mean(discriminator, step, 'ndcg').toFixed(4)}`;
}

function chart(): string {
  return drawLineChart({
    title: `Precision@5, mean of ${seeds.length} seeds`,
    lines: discriminators.map((name) => ({
      label: `discriminator ${name}`,
      points: steps.map((step) => ({ step, value: mean(name, step, 'precision') })),
    })),
    reference: { value: popularity.precision, label: 'popularity' },
    note: 'Protocol: leaked. Ranked on the training matrix itself, nothing masked; chance is about .06.',
  });
}
