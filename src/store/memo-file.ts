/**
 * Files in `runs/memo`: what can be had again, and is looked up to save time. Each begins with the hash of the rest, so
 * that a damaged one is none: whatever it says is believed without looking again.
 */
import { sha256 } from '../hash.ts';
import { isErrno, isSystemError, readIfThere, writeAtomic } from './files.ts';

/** 64 hex digits and the end of their line. */
const headLength = 65;

/** What was written, or undefined where there is nothing or it is damaged. */
export async function readMemo<T extends object>(path: string): Promise<T | undefined> {
  const text = await readIfThere(path).catch((error: unknown) => {
    if (isErrno(error, 'EISDIR')) return undefined;
    throw error;
  });
  const json = text?.slice(headLength) ?? '';
  return text?.slice(0, headLength) === headOf(json) ? (JSON.parse(json) as T) : undefined;
}

/** A full disk or a store that may only be read fails nothing that has no other need to write. */
export async function writeMemo(path: string, value: object): Promise<void> {
  const json = JSON.stringify(value);
  await writeAtomic(path, `${headOf(json)}${json}`).catch((error: unknown) => {
    if (!isSystemError(error)) throw error;
  });
}

function headOf(json: string): string {
  return `${sha256(json)}\n`;
}
