/** The train stage on sixty users with thirty of 300 items each, in a process of its own. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Interactions,
  interactionsOf,
  writeInteractions,
  writeUnliked,
} from '../../stages/datasets/interactions.ts';
import { stream } from '../../stages/random-stream.ts';
import { defaultParams } from './default-params.ts';
import { runStage, type StageInputs, type StageRun, temporaryFolder } from './run-stage.ts';

const shape = { users: 60, items: 300 };
const random = stream(1, 'ratings');
const entries = Array.from({ length: shape.users }, (_, user) =>
  Array.from(random.shuffle(Int32Array.from({ length: shape.items }, (_, item) => item)).subarray(0, 30), (item) => ({
    user,
    item,
    value: 1,
  })),
);

/** Of each user's thirty. */
export const part = (from: number, to: number): Interactions =>
  interactionsOf(
    entries.flatMap((own) => own.slice(from, to)),
    shape,
  );

export interface SmallTraining {
  readonly folder: string;
  /** @param model laid over the defaults */
  train(model: object, seed?: number, more?: Partial<Pick<StageInputs, 'env' | 'started'>>): Promise<StageRun>;
}

export async function smallTraining(): Promise<SmallTraining> {
  const folder = await temporaryFolder();
  const deps = { train: join(folder, 'train'), validation: join(folder, 'validation') };
  await Promise.all(Object.values(deps).map((path) => mkdir(path)));
  await writeInteractions(deps.train, part(0, 24));
  await writeUnliked(deps.train, part(24, 25));
  await writeInteractions(deps.validation, part(25, 30));
  return {
    folder,
    train: (model, seed = 1, more = {}) =>
      runStage('stages/train.ts', folder, {
        ...more,
        params: {
          ...defaultParams({ model: { rounds: 6, steps: 6, batch_size: 16, validate_every: 4, ...model } }),
          seed,
        },
        deps,
        outs: { model: 'model/' },
      }),
  };
}

/** File → hash of its bytes. */
export async function hashes(path: string): Promise<Record<string, string>> {
  const names = (await readdir(path)).sort();
  const contents = await Promise.all(names.map((name) => readFile(join(path, name))));
  return Object.fromEntries(
    names.map((name, i) => [
      name,
      createHash('sha256')
        .update(contents[i] as Buffer)
        .digest('hex'),
    ]),
  );
}
