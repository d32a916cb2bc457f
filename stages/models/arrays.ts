/**
 * Numbers of a model on disk, one file an array: `NAME.i32` or `NAME.f32`, values one after the other, little endian (as
 * is every machine Node runs TensorFlow on). The same bytes for the same values. A file below 2 GiB, as Node reads them.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../data-error.ts';

export async function writeArrays(
  folder: string,
  arrays: Readonly<Record<string, Int32Array | Float32Array>>,
): Promise<void> {
  for (const [name, array] of Object.entries(arrays)) {
    const type = array instanceof Int32Array ? 'i32' : 'f32';
    await writeFile(join(folder, `${name}.${type}`), new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
}

/** @param length how many values the model needs; DataError where there are others. */
export async function readFloats(folder: string, name: string, length: number): Promise<Float32Array> {
  return new Float32Array(await bufferOf(join(folder, `${name}.f32`), length));
}

/** As {@link readFloats}. */
export async function readIntegers(folder: string, name: string, length: number): Promise<Int32Array> {
  return new Int32Array(await bufferOf(join(folder, `${name}.i32`), length));
}

async function bufferOf(path: string, length: number): Promise<ArrayBuffer> {
  const bytes = await readFile(path);
  if (bytes.length !== 4 * length)
    throw new DataError(`${path} has ${bytes.length} bytes, the model needs ${length} values of 4`);
  // A small file comes in a slice of Node's pool, at any offset.
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
