/** The CFGAN authors' own split of MovieLens 100K, as released with their code (Bigdasgit/CFGAN). */
import { type Origins, obtain, type PinnedFile } from './mirrors.ts';
import { parseRatings, type RatingsFormat } from './parse-ratings.ts';
import type { Part, Rating } from './ratings.ts';

const folder = 'https://raw.githubusercontent.com/Bigdasgit/CFGAN/277faf1a50614df0406f4786cde6d4442b334369/datasets';
const files: Readonly<Record<Part, PinnedFile>> = {
  train: {
    path: 'cfgan-official/ML100K/ML100K.train',
    sha256: '3dcc6c5219de56ad819152860d31c9bfde0103288cb51923242d8b768726183f',
    bytes: 1_014_003,
    address: `${folder}/ML100K/ML100K.train`,
  },
  test: {
    path: 'cfgan-official/ML100K/ML100K.test',
    sha256: '4ad38c30a6f584571028c1e18815b9892febe254874872960629728d1cb293a4',
    bytes: 253_227,
    address: `${folder}/ML100K/ML100K.test`,
  },
};
const format: RatingsFormat = { separator: 'blanks', header: 'no', columns: ['user', 'item', 'rating'] };

/** 80,000 train and 19,963 test ratings of 943 users and 1,653 items, renumbered by the authors from 0. */
export async function cfganSplit(origins: Origins): Promise<Rating[]> {
  return [...(await part('train', origins)), ...(await part('test', origins))];
}

async function part(name: Part, origins: Origins): Promise<Rating[]> {
  const file = files[name];
  const { bytes } = await obtain([file], origins);
  const ratings = parseRatings(new TextDecoder().decode(bytes), file.path, format);
  return ratings.map((rating) => ({ ...rating, part: name }));
}
