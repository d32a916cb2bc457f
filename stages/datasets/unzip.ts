/** One file out of a zip held in memory, no more of it than expected. */
import type { Readable } from 'node:stream';
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { DataError } from '../data-error.ts';

/**
 * @param path of the entry, compared exactly: nothing is written to disk, so no entry can leave a folder.
 * @param maxBytes the most it may unpack to.
 * @throws DataError where it is no zip, has no such entry, or the entry is a link, larger or broken.
 */
export async function unzipEntry(zip: Uint8Array, path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(zip);
  const entry = await find(file, path);
  if (isLink(entry)) throw new DataError(`${path} in the zip is a link`);
  if (entry.uncompressedSize > maxBytes)
    throw new DataError(`${path} in the zip unpacks to ${entry.uncompressedSize} bytes, more than ${maxBytes}`);
  try {
    const chunks: Uint8Array[] = [];
    // yauzl ends the stream with an error where more or fewer bytes come out than the header says.
    for await (const chunk of await contentOf(file, entry)) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks);
  } catch (error) {
    throw new DataError(`${path} in the zip cannot be unpacked: ${(error as Error).message}`);
  }
}

function open(zip: Uint8Array): Promise<ZipFile> {
  return new Promise((resolve, reject) =>
    fromBuffer(Buffer.from(zip), { lazyEntries: true, autoClose: false }, (error, file) =>
      error ? reject(new DataError(`not a zip file: ${error.message}`)) : resolve(file),
    ),
  );
}

function find(file: ZipFile, path: string): Promise<Entry> {
  return new Promise((resolve, reject) => {
    file.on('entry', (entry: Entry) => (entry.fileName === path ? resolve(entry) : file.readEntry()));
    file.on('end', () => reject(new DataError(`the zip holds no ${path}`)));
    file.on('error', (error: Error) => reject(new DataError(`not a zip file: ${error.message}`)));
    file.readEntry();
  });
}

/** By the mode that Unix packers write; what it holds is the path of something else. */
function isLink({ externalFileAttributes }: Entry): boolean {
  return externalFileAttributes >>> 28 === 0o12;
}

function contentOf(file: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) =>
    file.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
  );
}
