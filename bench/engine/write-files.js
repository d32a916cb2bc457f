/** Writes ten thousand files of 10 KB, each of its own bytes, in less than half a second: `node write-files.js FOLDER`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const bytes = Buffer.alloc(10_240, 'retrial');
for (let at = 0; at < 10_000; at++) {
  bytes.writeUInt32LE(at, 0);
  writeFileSync(join(process.argv[2] ?? '', `file-${at}`), bytes);
}
