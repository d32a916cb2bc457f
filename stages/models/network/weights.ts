/**
 * Tensors on disk: `weights.json` lists name and shape in order, `weights.bin` holds their values one after the other,
 * float32, little endian (as is every machine TensorFlow runs on), row-major. The same bytes for the same values.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { DataError } from '../../data-error.ts';
import type { DenseNetwork, Initialiser } from './dense.ts';

export type NamedTensors = Readonly<Record<string, tf.Tensor>>;

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The variables of a network as `generator/0/weights`, `generator/0/bias`, … */
export function named(prefix: string, network: DenseNetwork): NamedTensors {
  return Object.fromEntries(
    network.flatMap(({ weights, bias }, i) => [
      [`${prefix}/${i}/weights`, weights],
      [`${prefix}/${i}/bias`, bias],
    ]),
  );
}

export async function writeWeights(folder: string, tensors: NamedTensors): Promise<void> {
  const entries = Object.entries(tensors);
  const index = entries.map(([name, { shape }]): Entry => ({ name, shape }));
  const values = entries.map(([, tensor]) => tensor.dataSync<'float32'>());
  const bytes = Buffer.concat(values.map((v) => Buffer.from(v.buffer, v.byteOffset, v.byteLength)));
  await writeFile(join(folder, 'weights.json'), `${JSON.stringify(index, null, 2)}\n`);
  await writeFile(join(folder, 'weights.bin'), bytes);
}

export type StoredTensors = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;

/** Reads what {@link writeWeights} wrote. */
export async function readWeights(folder: string): Promise<StoredTensors> {
  const index = JSON.parse(await readFile(join(folder, 'weights.json'), 'utf8')) as readonly Entry[];
  const values = new Float32Array(new Uint8Array(await readFile(join(folder, 'weights.bin'))).buffer);
  let offset = 0;
  return new Map(
    index.map(({ name, shape }) => {
      const size = shape.reduce((product, side) => product * side, 1);
      offset += size;
      return [name, { shape, values: values.slice(offset - size, offset) }];
    }),
  );
}

/** A tensor's values. Throws DataError where it is missing or of another shape. */
export function storedValues(stored: StoredTensors, name: string, shape: readonly number[]): Float32Array {
  const found = stored.get(name);
  if (found === undefined) throw new DataError(`weights.json has no tensor ${name}`);
  if (found.shape.join() !== shape.join())
    throw new DataError(`${name} has shape [${found.shape.join(', ')}], the model wants [${shape.join(', ')}]`);
  return found.values;
}

/** Begins a network where the one that was written under `prefix` stood. */
export function fromStored(stored: StoredTensors, prefix: string): Initialiser {
  return (layer, inputs, outputs) => ({
    weights: storedValues(stored, `${prefix}/${layer}/weights`, [inputs, outputs]),
    bias: storedValues(stored, `${prefix}/${layer}/bias`, [outputs]),
  });
}
