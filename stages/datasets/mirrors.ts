/**
 * Where a pinned file comes from: each mirror first, then the official address. `RETRIAL_DATA_MIRROR` names mirrors,
 * folders or base addresses, separated by commas or blanks. What they serve is checked against the same pin, so a
 * mirror changes no result.
 */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DataError } from '../data-error.ts';
import { checkPin, defaultLimits, FetchError, type FetchOptions, fetchPinned, type Pin } from './fetch-pinned.ts';

export interface PinnedFile extends Pin {
  /** Path below a mirror. */
  readonly path: string;
  /** Official address, where it has one. */
  readonly address?: string;
}

export interface Origins extends FetchOptions {
  readonly mirrors: readonly string[];
}

export function originsFrom(environment: string | undefined, options: Omit<FetchOptions, 'limits'>): Origins {
  const mirrors = (environment ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  return { mirrors, limits: defaultLimits, ...options };
}

/**
 * The bytes of the first of `files` that can be had, and which it is: alternatives for the same data, the handiest
 * first. Throws DataError that tells what was tried and what else there is.
 */
export async function obtain<File extends PinnedFile>(
  files: readonly File[],
  origins: Origins,
): Promise<{ readonly file: File; readonly bytes: Uint8Array }> {
  const tried: string[] = [];
  for (const { file, place } of placesOf(files, origins.mirrors)) {
    try {
      return { file, bytes: await read(place, file, origins) };
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      tried.push(`  ${place}: ${error.message}`);
    }
  }
  throw new DataError(
    [
      'the data could not be had:',
      ...tried,
      `Without network: put ${files.map(({ path }) => path).join(' or ')} into a folder that RETRIAL_DATA_MIRROR names,`,
      'or use data.source: file with a ratings file of yours, or data.source: synthetic.',
    ].join('\n'),
    { passing: true },
  );
}

function placesOf<File extends PinnedFile>(files: readonly File[], mirrors: readonly string[]) {
  const mirrored = mirrors.flatMap((mirror) => files.map((file) => ({ file, place: below(mirror, file.path) })));
  const official = files.flatMap((file) => (file.address === undefined ? [] : [{ file, place: file.address }]));
  return [...mirrored, ...official];
}

function below(mirror: string, path: string): string {
  return isAddress(mirror) ? `${mirror.replace(/\/+$/, '')}/${path}` : resolve(mirror, path);
}

function isAddress(place: string): boolean {
  return /^https?:\/\//.test(place);
}

async function read(place: string, file: PinnedFile, origins: Origins): Promise<Uint8Array> {
  if (isAddress(place)) return fetchPinned(place, file, origins);
  const size = await sizeOf(place);
  if (size > file.bytes) throw new FetchError(`more than the expected ${file.bytes} bytes`, false);
  const bytes = await orRefused(() => readFile(place));
  checkPin(bytes, file);
  return bytes;
}

/** Of a plain file, or of one that a link leads to. */
async function sizeOf(path: string): Promise<number> {
  const found = await orRefused(() => stat(path));
  if (!found.isFile()) throw new FetchError(found.isDirectory() ? 'a folder, not a file' : 'no plain file', false);
  return found.size;
}

/** What the file system refuses ends one place, not all. */
async function orRefused<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new FetchError(code === 'ENOENT' ? 'no such file' : message, false, { cause: error });
  }
}
