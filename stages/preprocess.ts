/** Splits the ratings into training, validation and test matrices, and keeps whose row and column each is. */
import { DataError } from './data-error.ts';
import { entriesOf, idMapOf, writeIdMap } from './datasets/id-map.ts';
import { interactionsOf, type Shape, writeInteractions, writeUnliked } from './datasets/interactions.ts';
import { type Rating, readRatings } from './datasets/ratings.ts';
import { type SplitRules, splitRatings } from './datasets/split-ratings.ts';
import { trainingValues, type ValueRules } from './datasets/training-values.ts';
import { runStage } from './run-stage.ts';

interface PreprocessParams {
  readonly split: SplitRules & ValueRules;
}

await runStage<PreprocessParams>(async (stage) => {
  const rules = stage.params.split;
  const ratings = await readRatings(stage.dep('ratings'));
  const split = splitRatings(ratings, rules);
  if (rules.method !== 'given' && ratings.some(({ part }) => part !== undefined))
    console.error(`split.method is ${rules.method}: the parts that the data set itself comes in are not used`);
  const ids = idMapOf(split);
  const all: Shape = { users: ids.users.length, items: ids.items.length };
  const { value, lostToMinmax } = trainingValues(split.train, rules);
  const matrix = (rows: readonly Rating[], shape: Shape, worth = ({ rating }: Rating) => rating) =>
    interactionsOf(entriesOf(rows, ids, worth), shape);

  const liked = split.train.filter((rating) => value(rating) > 0);
  failIfEmpty(split.train, liked, rules);
  const unliked = split.train.filter((rating) => !(value(rating) > 0));
  await writeInteractions(stage.out('train'), matrix(liked, ids.known, value));
  await writeUnliked(stage.out('train'), matrix(unliked, ids.known));
  await writeInteractions(stage.out('validation'), matrix(split.validation, ids.known));
  await writeInteractions(stage.out('test'), matrix(split.test, all));
  await writeIdMap(stage.out('ids'), ids);

  stage.report({
    step: 0,
    users: all.users,
    items: all.items,
    ratings: ratings.length,
    train_interactions: liked.length,
    train_unliked: unliked.length,
    lost_to_minmax: lostToMinmax,
    validation_interactions: split.validation.length,
    test_interactions: split.test.length,
    test_only_users: all.users - ids.known.users,
    test_only_items: all.items - ids.known.items,
    sparsity: 1 - liked.length / (ids.known.users * ids.known.items),
  });
  console.error(
    `${all.users} users × ${all.items} items: train ${liked.length} (and ${unliked.length} not liked), ` +
      `validation ${split.validation.length}, test ${split.test.length}`,
  );
});

/** A model of nothing would rank by index, and be scored all the same. */
function failIfEmpty(train: readonly Rating[], liked: readonly Rating[], rules: PreprocessParams['split']): void {
  if (train.length === 0)
    throw new DataError(
      `split.method ${rules.method} with split.test ${rules.test} and split.validation ${rules.validation} leaves no ` +
        'rating to train on; lower shares do',
    );
  if (liked.length === 0)
    throw new DataError(
      `split.threshold: none of the ${train.length} ratings to train on is ${rules.threshold} or more` +
        `${rules.values === 'minmax' ? ' and above the lowest' : ''}, so there is nothing to learn from`,
    );
}
