/**
 * Tensors on disk: `weights.json` lists name and shape in order, `weights.bin` holds their values one after the other,
 * float32, little endian (as is every machine TensorFlow runs on), row-major. The same bytes for the same values.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../../data-error.ts';
import { type Architecture, createNetwork, type DenseNetwork, namedVariables, zeros } from './dense.ts';
import { setValues } from './variables.ts';

/** Name → shape and values, row-major. */
export type Tensors = Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>>;

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
}

export async function writeWeights(folder: string, tensors: Tensors): Promise<void> {
  const index = Object.entries(tensors).map(([name, { shape }]): Entry => ({ name, shape }));
  await writeFile(join(folder, 'weights.json'), `${JSON.stringify(index, null, 2)}\n`);
  await writeFile(join(folder, 'weights.bin'), bytesOf(tensors));
}

/** All values, one tensor after the other. */
export function bytesOf(tensors: Tensors): Buffer {
  return Buffer.concat(
    Object.values(tensors).map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );
}

/** Reads what {@link writeWeights} wrote. */
export async function readWeights(folder: string): Promise<Tensors> {
  const index = JSON.parse(await readFile(join(folder, 'weights.json'), 'utf8')) as readonly Entry[];
  const values = new Float32Array(new Uint8Array(await readFile(join(folder, 'weights.bin'))).buffer);
  let offset = 0;
  return Object.fromEntries(
    index.map(({ name, shape }) => {
      const size = shape.reduce((product, side) => product * side, 1);
      offset += size;
      return [name, { shape, values: values.slice(offset - size, offset) }];
    }),
  );
}

/** A tensor's values. Throws DataError where it is missing or of another shape. */
export function storedValues(stored: Tensors, name: string, shape: readonly number[]): Float32Array {
  const found = stored[name];
  if (found === undefined) throw new DataError(`weights.json has no tensor ${name}`);
  if (found.shape.join() !== shape.join())
    throw new DataError(`${name} has shape [${found.shape.join(', ')}], the model wants [${shape.join(', ')}]`);
  return found.values;
}

/** A network as it was written under `prefix`, batch normalisation's running statistics included. */
export function storedNetwork(stored: Tensors, prefix: string, architecture: Architecture): DenseNetwork {
  const network = createNetwork(architecture, zeros);
  for (const [name, variable] of Object.entries(namedVariables(network)))
    setValues(variable, storedValues(stored, `${prefix}/${name}`, variable.shape));
  return network;
}
