/** MovieLens 100K (Harper and Konstan, 2015): its one table, or one of the train and test parts it comes with. */
import { DataError } from '../data-error.ts';
import { oneOf } from '../one-of.ts';
import { checkPin, FetchError, type Pin } from './fetch-pinned.ts';
import { type Origins, obtain, type PinnedFile } from './mirrors.ts';
import { parseRatings, type RatingsFormat } from './parse-ratings.ts';
import type { Part, Rating } from './ratings.ts';
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
const ratingsInAll = 100_000;

/** One file of a fold: pinned by itself, so that a mirror may hold it, or only as part of the pinned zip. */
type FoldFile = PinnedFile | { readonly path: string };
type FoldFiles = Readonly<Record<Part, FoldFile>>;

/** `u1` … `u5`: a fifth of all ratings each, disjoint; `ua`, `ub`: ten of each user's. As its README says. */
const folds: Readonly<Record<string, FoldFiles | undefined>> = {
  none: undefined,
  u1: {
    train: {
      path: 'ml-100k/u1.base',
      sha256: 'ce253ec86c448b44fb3ba9a30d12dcfc2e9210cbde71efada3730c22e9ac212a',
      bytes: 1_586_544,
    },
    test: {
      path: 'ml-100k/u1.test',
      sha256: '18c6014a4b2c7324f250a63f8904a7b16b2b19f911129e346141507b0cbac950',
      bytes: 392_629,
    },
  },
  ...Object.fromEntries(['u2', 'u3', 'u4', 'u5', 'ua', 'ub'].map((name) => [name, inZip(name)])),
};

function inZip(name: string): FoldFiles {
  return { train: { path: `ml-100k/${name}.base` }, test: { path: `ml-100k/${name}.test` } };
}

/**
 * 100,000 ratings: in the order of u.data, or those of a fold, train part first, each saying which part it is in. Mirrors
 * may hold the files themselves, where they are pinned, or the zip: both give the same bytes.
 *
 * @param fold `none`, `u1` … `u5`, `ua` or `ub`.
 * @param source the zip to take them from: another in tests alone.
 */
export async function movielens100k(origins: Origins, fold: string, source = zip): Promise<Rating[]> {
  const files = oneOf('data.fold', fold, folds);
  if (files !== undefined) return await foldRatings(origins, files, source);
  const { file, bytes } = await obtain([table, source], origins);
  return parsed(table.path, file === source ? await tableIn(bytes, table) : bytes);
}

async function foldRatings(origins: Origins, files: FoldFiles, source: PinnedFile): Promise<Rating[]> {
  let packed: Uint8Array | undefined;
  const part = async (name: Part): Promise<Rating[]> => {
    const file = files[name];
    if (packed === undefined) {
      const had = await obtain([...('sha256' in file ? [file] : []), source], origins);
      if (had.file !== source) return labelled(name, parsed(file.path, had.bytes));
      packed = had.bytes;
    }
    const bytes = 'sha256' in file ? await tableIn(packed, file) : await unzipEntry(packed, file.path, table.bytes);
    return labelled(name, parsed(file.path, bytes));
  };
  const ratings = [...(await part('train')), ...(await part('test'))];
  if (ratings.length !== ratingsInAll)
    throw new DataError(
      `${files.train.path} and ${files.test.path} hold ${ratings.length} ratings together, not ${ratingsInAll}`,
    );
  return ratings;
}

function labelled(part: Part, ratings: readonly Rating[]): Rating[] {
  return ratings.map((rating) => ({ ...rating, part }));
}

function parsed(path: string, bytes: Uint8Array): Rating[] {
  return parseRatings(new TextDecoder().decode(bytes), path, format);
}

/** Unpacks a pinned table. Throws DataError where the zip holds another. */
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
