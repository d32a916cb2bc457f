/**
 * A thread that hashes files: each message is a list of paths, each answer their SHA-256 in the same order, or the error
 * of the first that could not be read. Plain JavaScript, as a thread starts from a file that Node itself can read.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

const buffer = Buffer.allocUnsafe(1 << 20);

parentPort?.on('message', (/** @type {readonly string[]} */ paths) => {
  try {
    parentPort?.postMessage({ hashes: paths.map(hashOf) });
  } catch (error) {
    const { code, message, syscall, path } = /** @type {NodeJS.ErrnoException} */ (error);
    parentPort?.postMessage({ error: { code, message, syscall, path } });
  }
});

/** @param {string} path */
function hashOf(path) {
  const hash = createHash('sha256');
  const fd = openSync(path, 'r');
  try {
    for (let bytes = readSync(fd, buffer); bytes > 0; bytes = readSync(fd, buffer))
      hash.update(buffer.subarray(0, bytes));
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}
