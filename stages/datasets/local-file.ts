/** Ratings files of the user's own. The pipeline depends on their content; a hash says which content is meant. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DataError } from '../data-error.ts';
import { decodeText } from './decode-text.ts';
import { parseRatings, type RatingsFormat } from './parse-ratings.ts';
import type { Rating } from './ratings.ts';

export interface LocalFiles {
  /** Relative to the pipeline's folder, or absolute. */
  readonly path: string;
  /** What the file's must be; empty for any. */
  readonly sha256: string;
  /** A second file, where the test part is given; empty where there is none. */
  readonly test_path: string;
  readonly test_sha256: string;
  readonly format: RatingsFormat;
}

/** The file's ratings; with a test file, each rating says which part it is in. */
export async function localRatings(files: LocalFiles): Promise<Rating[]> {
  if (files.path === '') throw new DataError('data.source is file: data.path must name the ratings file');
  const ratings = await parsed(files.path, files.sha256, 'data.sha256', files.format);
  if (files.test_path === '') return ratings;
  const test = await parsed(files.test_path, files.test_sha256, 'data.test_sha256', files.format);
  return [
    ...ratings.map((rating): Rating => ({ ...rating, part: 'train' })),
    ...test.map((rating): Rating => ({ ...rating, part: 'test' })),
  ];
}

async function parsed(path: string, sha256: string, param: string, format: RatingsFormat): Promise<Rating[]> {
  const bytes = await contentOf(path);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== '' && found !== sha256)
    throw new DataError(
      `${path} is not the file that ${param} names (${sha256}).\n` +
        `If it is the one to use, say so: ${param}: ${found}`,
    );
  return parseRatings(decodeText(bytes, path), path, format);
}

async function contentOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new DataError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
