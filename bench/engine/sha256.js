/** One pass of SHA-256 over a file, or over each file of a folder, with nothing around it: `node sha256.js PATH`. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

const path = process.argv[2] ?? '';
const buffer = Buffer.alloc(1 << 20);
const files = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
for (const file of files) {
  const hash = createHash('sha256');
  const fd = openSync(file, 'r');
  for (let bytes = readSync(fd, buffer); bytes > 0; bytes = readSync(fd, buffer))
    hash.update(buffer.subarray(0, bytes));
  closeSync(fd);
  hash.digest('hex');
}
