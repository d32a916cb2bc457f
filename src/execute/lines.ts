/** Lines of files that stages write: in flat memory, whatever was written into them. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isErrno, unlessStale } from '../store/files.ts';

/** No point and no progress is as long; what is, is passed over. */
export const longestLineBytes = 1 << 20;
const chunkBytes = 1 << 18;
const newline = 10;

/** Every line of at most {@link longestLineBytes}; no file, or something that is none, has no lines. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const file = await openFile(path);
  if (file === undefined) return;
  try {
    let begun: Buffer[] = [];
    let begunBytes = 0;
    for (let offset = 0; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, offset);
      if (bytesRead === 0) break;
      offset += bytesRead;
      const pieces = split(buffer.subarray(0, bytesRead));
      for (const [at, piece] of pieces.entries()) {
        begunBytes += piece.length;
        if (begunBytes <= longestLineBytes) begun.push(piece);
        if (at === pieces.length - 1) break; // the line goes on in the next chunk
        if (begunBytes <= longestLineBytes) yield Buffer.concat(begun).toString('utf8');
        begun = [];
        begunBytes = 0;
      }
    }
    if (begunBytes > 0 && begunBytes <= longestLineBytes) yield Buffer.concat(begun).toString('utf8');
  } finally {
    await file.close();
  }
}

function split(chunk: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
    pieces.push(chunk.subarray(from, at));
    from = at + 1;
  }
  return [...pieces, chunk.subarray(from)];
}

/** A stage may put a pipe in place of its file: opening it would wait for a writer, and reading it never end. */
export async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    const file = await unlessStale(() => open(path, constants.O_RDONLY | constants.O_NONBLOCK));
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO')) return undefined;
    throw error;
  }
}
