/** Trains the model that `model.name` names; sees the training part, and validation to be watched, never the test part. */
import { readInteractions, readUnliked } from './datasets/interactions.ts';
import { type HistoryPoint, writeHistory } from './history.ts';
import { trainModel } from './models/index.ts';
import type { ModelParams } from './models/model.ts';
import { runStage } from './run-stage.ts';

interface TrainParams {
  readonly model: ModelParams;
  readonly seed: number;
}

await runStage<TrainParams>(async (stage, signal) => {
  const points: HistoryPoint[] = [];
  const folder = stage.out('model');
  await trainModel({
    train: await readInteractions(stage.dep('train')),
    validation: await readInteractions(stage.dep('validation')),
    unliked: await readUnliked(stage.dep('train')),
    params: stage.params.model,
    seed: stage.params.seed,
    threads: stage.cpus,
    folder,
    checkpoint: stage.checkpoint,
    signal,
    report(point) {
      points.push(point);
      stage.report(point);
    },
    progress: stage.progress,
  });
  await writeHistory(folder, points);
  console.error(`${stage.params.model.name}: ${summary(points.at(-1))}`);
});

function summary(last: HistoryPoint | undefined): string {
  if (last === undefined) return 'trained, without steps';
  const { step, ...series } = last;
  const values = Object.entries(series).map(
    ([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toFixed(4)}`,
  );
  return `${step} steps, ${values.join(', ')}`;
}
