/** `ratings.tsv`: what download writes and preprocess reads. Described in docs/data-formats.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { DataError } from '../data-error.ts';

export interface Rating {
  /** The data set's own ids, as text. */
  readonly user: string;
  readonly item: string;
  readonly rating: number;
  /** As in the data set; empty where it has none. */
  readonly timestamp: string;
  /** Where the data set itself says which part a rating is in. */
  readonly part?: Part;
}
export type Part = 'train' | 'test';

const header = ['user', 'item', 'rating', 'timestamp'];

/** Writes the ratings in their order; the column `part` only where they have one. */
export async function writeRatings(path: string, ratings: readonly Rating[]): Promise<void> {
  const withPart = ratings[0]?.part !== undefined;
  const lines = ratings.map((row) => {
    const fields = [row.user, row.item, String(row.rating), row.timestamp];
    return (withPart ? [...fields, row.part] : fields).join('\t');
  });
  await writeFile(path, `${[(withPart ? [...header, 'part'] : header).join('\t'), ...lines].join('\n')}\n`);
}

/** Reads what {@link writeRatings} wrote. */
export async function readRatings(path: string): Promise<Rating[]> {
  // The line end alone: an empty timestamp ends its line with a tab, which is the line's own.
  const [first, ...lines] = (await readFile(path, 'utf8')).replace(/\n$/, '').split('\n');
  const withPart = first === [...header, 'part'].join('\t');
  if (!withPart && first !== header.join('\t'))
    throw new DataError(`the ratings file begins with ${JSON.stringify(first)}`);
  return lines.map((line, i) => {
    const [user, item, text, timestamp, part] = line.split('\t');
    const rating = Number(text);
    if (!user || !item || !text || timestamp === undefined || !Number.isFinite(rating) || withPart !== isPart(part))
      throw new DataError(`line ${i + 2} of the ratings file is not a rating: ${JSON.stringify(line)}`);
    return { user, item, rating, timestamp, ...(isPart(part) ? { part } : {}) };
  });
}

function isPart(text: string | undefined): text is Part {
  return text === 'train' || text === 'test';
}
