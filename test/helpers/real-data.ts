/** Data sets that may not be redistributed: tests that need them take them from a mirror, and say so when skipped. */
import { resolve } from 'node:path';

const mirror = process.env.RETRIAL_DATA_MIRROR;

/** Options for `test` and `describe`. */
export const needsRealData = { skip: mirror === undefined };
export const skipReason = mirror === undefined ? ' (skipped: RETRIAL_DATA_MIRROR is not set)' : '';

/** Path of a file below the mirror folder. */
export function realData(path: string): string {
  if (mirror === undefined) throw new Error('RETRIAL_DATA_MIRROR is not set');
  return resolve(mirror, path);
}
