/** Scores a trained model on a truth, with popularity and chance beside it under the same protocol. */
import { writeFile } from 'node:fs/promises';
import type { OpenStage } from '../src/stage.ts';
import { DataError } from './data-error.ts';
import { readIdMap } from './datasets/id-map.ts';
import { readInteractions, readUnliked } from './datasets/interactions.ts';
import { type Evaluation, evaluateRandom, evaluateScorer } from './metrics/evaluate-scorer.ts';
import { type EvaluateParams, type Parts, protocolOf, type ResolvedProtocol } from './metrics/protocol.ts';
import { usersCsv } from './metrics/users-csv.ts';
import { loadModel } from './models/index.ts';
import { popularityScorer } from './models/popularity.ts';
import { oneOf } from './one-of.ts';
import { runStage } from './run-stage.ts';

type EvaluateStage = OpenStage<{ readonly evaluate: EvaluateParams }>;

await runStage(async (stage: EvaluateStage, signal) => {
  const params = stage.params.evaluate;
  const parts = await readParts(stage);
  const protocol = protocolOf(params, parts);
  const noiseSeed = oneOf('evaluate.noise', params.noise, { draw: params.noise_seed, mean: null });
  const scorer = await loadModel(stage.dep('model'), { train: parts.train, noiseSeed, threads: stage.cpus });

  const progress = (done: number, total: number) => stage.progress(done, total, 'users');
  const model = await evaluateScorer(scorer, protocol, { signal, progress });
  failIfDiverged(model);
  const popularity = await evaluateScorer(popularityScorer(parts.train), protocol, { signal });
  const random = evaluateRandom(protocol);
  scorer.dispose();

  const scores = {
    ...model.means,
    ...countsOf(model, protocol),
    popularity: popularity.means,
    random: random.means,
  };
  await writeFile(stage.out('scores'), `${JSON.stringify(scores, null, 2)}\n`);
  if ('scores.units' in stage.outs) {
    const { users } = await readIdMap(stage.dep('ids'));
    await writeFile(stage.out('scores.units'), usersCsv(model, users, protocol.cutoffs));
  }
  console.error(summary(params, model, popularity));
});

/**
 * `truth` is the part to be found. Where `validation` is a dependency too (of the test stage), its entries are known by
 * then and masked like those of training; a user was also shown what it rated and did not like.
 */
async function readParts(stage: EvaluateStage): Promise<Parts> {
  const train = await readInteractions(stage.dep('train'));
  const known = [await readUnliked(stage.dep('train'))];
  if ('validation' in stage.deps) known.push(await readInteractions(stage.dep('validation')));
  return { train, known, truth: await readInteractions(stage.dep('truth')) };
}

/** NaN would rank by index, which is no chance either: on many data sets low indices are popular. */
function failIfDiverged({ notFinite }: Evaluation): void {
  if (notFinite > 0)
    throw new DataError(
      `the model diverged: ${notFinite} of its scores are NaN or infinite, so that their order says nothing; ` +
        'train it with a lower learning rate',
    );
}

function countsOf({ perUser }: Evaluation, { truth, irrelevant, unreachable }: ResolvedProtocol) {
  return {
    users: perUser.length,
    users_skipped: truth.users - perUser.length,
    truth_interactions: truth.columns.length,
    truth_irrelevant: irrelevant,
    truth_unreachable: unreachable,
  };
}

function summary({ protocol, k }: EvaluateParams, model: Evaluation, popularity: Evaluation): string {
  const name = `ndcg@${k.at(-1)}`;
  const [own, popular] = [model.means[name], popularity.means[name]];
  if (own === undefined || popular === undefined)
    return `protocol ${protocol}: no user has a truth to be found, so there are counts and no scores`;
  return `protocol ${protocol}, ${model.perUser.length} users: ${name} ${own.toFixed(4)}, popularity ${popular.toFixed(4)}`;
}
