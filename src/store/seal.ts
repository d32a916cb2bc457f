/** Records that carry a hash of themselves: a value that was changed in one is noticed, however well it still reads. */
import { type ContentHash, sha256 } from '../hash.ts';

export interface Sealed {
  /** Hash of all the rest of the file; absent in records of 0.1.0. */
  readonly seal?: ContentHash;
}

export function sealed<Record extends object>(record: Record): Record & Sealed {
  return { ...record, seal: sealOf(record) };
}

/** True of a record of 0.1.0 too, which has no seal to be broken. */
export function isUnbroken(record: Sealed): boolean {
  return record.seal === undefined || record.seal === sealOf(record);
}

/** Of the plain text, as the canonical one of a lock with a hundred thousand files takes seconds. */
function sealOf(record: object): ContentHash {
  return sha256(JSON.stringify({ ...record, seal: undefined }));
}
