/** Whether what was read from a lock is one: files are torn, emptied, and copied from elsewhere. */
import { type FingerprintHash, hashJson } from '../hash.ts';
import type { StageLock } from './published.ts';
import { isUnbroken } from './seal.ts';

/** Whether it says all that a lock must, of this result, as it was written: anything else vouches for nothing. */
export function isLockOf(lock: Partial<StageLock>, fingerprint: FingerprintHash): lock is StageLock {
  const { format, key, outputs, metrics, series, execution } = lock;
  if (format !== 1 || lock.fingerprint !== fingerprint) return false;
  if (![key, outputs, metrics, series, execution].every(isRecord)) return false;
  if (typeof execution?.nonce !== 'string' || !isRecord(execution.by)) return false;
  return Object.values(outputs ?? {}).every(isOutput) && isUnbroken(lock);
}

/** Whether its key is the one that it is named after. A number as large as 1e999 is in no key. */
export function isNamedAfterItsKey({ key, fingerprint }: StageLock): boolean {
  try {
    return (hashJson(key) as string) === fingerprint;
  } catch {
    return false;
  }
}

function isOutput(output: unknown): boolean {
  if (!isRecord(output)) return false;
  const { path, kind, hash, files } = output;
  if (typeof path !== 'string' || typeof hash !== 'string' || !['file', 'folder'].includes(String(kind))) return false;
  return isInside(path) && Array.isArray(files) && files.every((file) => isRecord(file) && isInside(file.path));
}

/** A lock that came from elsewhere may name what is not its own. */
function isInside(path: unknown): boolean {
  return typeof path === 'string' && !path.startsWith('/') && !path.split('/').includes('..');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
