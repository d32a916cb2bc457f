/** Reads previews of published outputs. What a page shows of a result is what was recorded, or it is not shown. */
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { sha256 } from '../hash.ts';
import { isSystemError } from '../store/files.ts';
import type { OutputContent } from '../store/published.ts';
import type { FileEntry } from '../store/tree.ts';
import type { NamedPreview } from './comparison.ts';
import { headBytes, isImage, previewOf } from './preview.ts';
import { mostFiles, mostImageBytes } from './preview-limits.ts';

/** Larger files are not read whole to compare their hash: their size, time and inode must be as recorded. */
const mostHashedBytes = 4 << 20;

/** @param outs folder of the result's outputs */
export function previewsOf(outs: string, output: OutputContent): NamedPreview[] {
  const found: NamedPreview[] = [];
  for (const entry of output.files) {
    if (found.length === mostFiles) break;
    const preview = entry.kind === 'link' || entry.path.endsWith('/') ? undefined : filePreview(outs, output, entry);
    if (preview !== undefined) found.push(preview);
  }
  return found;
}

function filePreview(outs: string, output: OutputContent, entry: FileEntry): NamedPreview | undefined {
  const name = basename(entry.path === '' ? output.path : entry.path);
  if (isImage(name) && entry.size > mostImageBytes) return undefined;
  const bytes = recordedBytes(outs, join(outs, output.path, entry.path), entry);
  if (bytes === undefined) return undefined;
  const isWhole = bytes.length === entry.size;
  const head = isImage(name) ? bytes : bytes.subarray(0, headBytes);
  const preview = previewOf(name, head, isWhole && head.length === bytes.length);
  return preview === undefined ? undefined : { ...preview, path: entry.path };
}

/** The file's bytes, of a large one the first; undefined where it is not there or not what was recorded. */
function recordedBytes(outs: string, path: string, entry: FileEntry): Buffer | undefined {
  try {
    if (!realpathSync(path).startsWith(`${realpathSync(outs)}${sep}`)) return undefined;
    // Of a pipe nobody waits for a writer.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const at = fstatSync(fd, { bigint: true });
      if (!at.isFile() || Number(at.size) !== entry.size) return undefined;
      const isHashed = entry.size <= mostHashedBytes;
      if (!isHashed && (String(at.mtimeNs) !== entry.mtimeNs || String(at.ino) !== entry.inode)) return undefined;
      const bytes = Buffer.alloc(isHashed ? entry.size : headBytes);
      const read = bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
      return isHashed && sha256(read) !== entry.hash ? undefined : read;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}
