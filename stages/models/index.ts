/** The models by name. Each is imported when it is named: popularity starts without waiting for TensorFlow. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../data-error.ts';
import type { Interactions } from '../datasets/interactions.ts';
import { oneOf } from '../one-of.ts';
import type { Model, ModelDescription, Scorer, TrainContext } from './model.ts';

const models: Readonly<Record<string, () => Promise<Model>>> = {
  popularity: async () => (await import('./popularity.ts')).popularity,
  'user-knn': async () => (await import('./neighbours/index.ts')).userKnn,
  'item-knn': async () => (await import('./neighbours/index.ts')).itemKnn,
  rp3beta: async () => (await import('./rp3beta.ts')).rp3beta,
  'pure-svd': async () => (await import('./pure-svd/index.ts')).pureSvd,
  ease: async () => (await import('./ease.ts')).ease,
  slim: async () => (await import('./slim.ts')).slim,
  'bpr-mf': async () => (await import('./bpr-mf/index.ts')).bprMf,
  cfgan: async () => (await import('./cfgan/index.ts')).cfgan,
  'notebook-gan': async () => (await import('./notebook-gan/index.ts')).notebookGan,
  random: async () => (await import('./random.ts')).random,
};

/** Trains the model that `params.name` names and writes it, with `model.json`, into `context.folder`. */
export async function trainModel(context: TrainContext): Promise<void> {
  const model = await modelNamed(context.params.name);
  await model.train(context);
  const { users, items } = context.train;
  const description: ModelDescription = { format: 1, params: context.params, seed: context.seed, users, items };
  await writeFile(join(context.folder, 'model.json'), `${JSON.stringify(description, null, 2)}\n`);
}

/** Loads what {@link trainModel} wrote. Throws DataError where it was trained on a matrix of another shape. */
export async function loadModel(
  folder: string,
  context: { readonly train: Interactions; readonly noiseSeed: number | null; readonly threads: number },
): Promise<Scorer> {
  const { params, seed, users, items } = JSON.parse(
    await readFile(join(folder, 'model.json'), 'utf8'),
  ) as ModelDescription;
  const { train } = context;
  if (users !== train.users || items !== train.items)
    throw new DataError(
      `the model was trained on ${users} users × ${items} items, the training part has ${train.users} × ${train.items}`,
    );
  const model = await modelNamed(params.name);
  return model.load(folder, { ...context, params, seed });
}

async function modelNamed(name: string): Promise<Model> {
  return oneOf('model.name', name, models)();
}
