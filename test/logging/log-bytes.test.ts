import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { writeFrom } from '../../src/logging/log-bytes.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** Takes its time over each chunk, as a slow pipe does. */
function slowSink() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    highWaterMark: 1024,
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      setImmediate(done);
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('latin1') };
}

test('goes on where it left off, and tells of the first byte', async () => {
  const file = join(temporaryFolder(), 'log');
  const sink = slowSink();
  let told = 0;
  const next = (from: number) => writeFrom(file, from, sink.stream, () => told++);
  expect(await next(0)).toBe(0);
  writeFileSync(file, Buffer.alloc(200_000, 120));
  expect(await next(0)).toBe(200_000);
  expect(await next(200_000)).toBe(200_000);
  appendFileSync(file, Buffer.from([255, 10]));
  expect(await next(200_000)).toBe(200_002);
  expect(told).toBe(2);
  await new Promise((resolve) => sink.stream.end(() => resolve(undefined)));
  expect(sink.text()).toBe(`${'x'.repeat(200_000)}\u00ff\n`);
});

test('a pipe in place of the log is not waited for', async () => {
  const pipe = join(temporaryFolder(), 'log');
  execFileSync('mkfifo', [pipe]);
  expect(await writeFrom(pipe, 0, slowSink().stream)).toBe(0);
});
