/** MovieLens 100K (Harper and Konstan, 2015): from its official zip, or its one table from a mirror. */
import { DataError } from '../data-error.ts';
import { checkPin, FetchError, type Pin } from './fetch-pinned.ts';
import { type Origins, obtain, type PinnedFile } from './mirrors.ts';
import { parseRatings, type RatingsFormat } from './parse-ratings.ts';
import type { Rating } from './ratings.ts';
import { unzipEntry } from './unzip.ts';

/** The table of ratings, and its path in the zip and below a mirror. */
const table: PinnedFile = {
  path: 'ml-100k/u.data',
  sha256: '06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490',
  bytes: 1_979_173,
};
const zip: PinnedFile = {
  path: 'ml-100k.zip',
  sha256: '50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229',
  bytes: 4_924_029,
  address: 'https://files.grouplens.org/datasets/movielens/ml-100k.zip',
};
const format: RatingsFormat = { separator: 'tab', header: 'no', columns: ['user', 'item', 'rating', 'timestamp'] };

/** 100,000 ratings in the order of u.data. Mirrors may hold the table itself or the zip: both give the same bytes. */
export async function movielens100k(origins: Origins): Promise<Rating[]> {
  const { file, bytes } = await obtain([table, zip], origins);
  const content = file === zip ? await tableIn(bytes, table) : bytes;
  return parseRatings(new TextDecoder().decode(content), table.path, format);
}

/** Unpacks the pinned table. Throws DataError where the zip holds another. */
export async function tableIn(zipBytes: Uint8Array, pinned: Pin & { readonly path: string }): Promise<Uint8Array> {
  const content = await unzipEntry(zipBytes, pinned.path, pinned.bytes);
  try {
    checkPin(content, pinned);
  } catch (error) {
    if (error instanceof FetchError) throw new DataError(`${pinned.path} in the zip: ${error.message}`);
    throw error;
  }
  return content;
}
