/** Gets the ratings, from wherever `data.source` says, as one table. */

import { cfganSplit } from './datasets/cfgan-split.ts';
import { type CleaningRules, cleanRatings } from './datasets/clean-ratings.ts';
import { type LocalFiles, localRatings } from './datasets/local-file.ts';
import { originsFrom } from './datasets/mirrors.ts';
import { movielens100k } from './datasets/movielens.ts';
import { writeRatings } from './datasets/ratings.ts';
import { type SyntheticSize, syntheticRatings } from './datasets/synthetic.ts';
import { oneOf } from './one-of.ts';
import { runStage } from './run-stage.ts';

interface DownloadParams {
  readonly data: CleaningRules &
    LocalFiles & {
      readonly source: string;
      /** Of MovieLens: which of its own train and test parts. */
      readonly fold: string;
      readonly seed: number;
      readonly synthetic: SyntheticSize;
    };
}

await runStage<DownloadParams>(async (stage, signal) => {
  const { data } = stage.params;
  const origins = originsFrom(process.env.RETRIAL_DATA_MIRROR, {
    signal,
    partialFolder: stage.checkpoint,
    progress: (done, total) => stage.progress(done / 1e6, total / 1e6, 'MB'),
  });
  const load = oneOf('data.source', data.source, {
    synthetic: async () => syntheticRatings(data.synthetic, data.seed),
    'movielens-100k': () => movielens100k(origins, data.fold),
    'cfgan-ml100k': () => cfganSplit(origins),
    file: () => localRatings(data),
  });

  const { ratings, zeros, duplicates } = cleanRatings(await load(), data);
  await writeRatings(stage.out('ratings'), ratings);

  stage.report({ step: 0, ratings: ratings.length, duplicates, zeros });
  console.error(`${ratings.length} ratings; duplicates left out: ${duplicates}; zeros, ${data.zeros}: ${zeros}`);
});
