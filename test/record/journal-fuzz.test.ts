/** Whatever happened to a journal, reading it ends, throws nothing, and loses no line that is whole. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { journalVersion } from '../../src/record/journal.ts';
import { type JournalEntry, readJournal } from '../../src/record/read-journal.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const folder = temporaryFolder();

async function read(bytes: Uint8Array): Promise<JournalEntry[]> {
  const file = join(folder, 'journal.jsonl');
  writeFileSync(file, bytes);
  const entries: JournalEntry[] = [];
  for await (const entry of readJournal(file)) entries.push(entry);
  return entries;
}

const line = (at: number) =>
  Buffer.from(`${JSON.stringify({ v: journalVersion, type: 'study-started', at, study: `s${at}`, spec: null })}\n`);
const told = (entries: readonly JournalEntry[]) =>
  entries.flatMap((entry) => (entry.kind === 'event' ? [entry.event.at] : []));

test('any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), async (bytes) => {
      for (const { offset, end } of await read(bytes)) expect(end).toBeGreaterThan(offset);
    }),
    { numRuns: 200 },
  );
});

test('whole lines among damaged ones are told, each once and in order', async () => {
  const damage = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 ? 1 : byte)))),
    fc.nat({ max: 40 }).map((length) => line(0).subarray(0, length)),
    fc
      .constantFrom('{}', 'null', '[1]', '{"v":1}', '"text"', '{"v":1,"type":"__proto__"}')
      .map((text) => Buffer.from(text)),
  );
  const piece = fc.oneof({ arbitrary: fc.constant(undefined), weight: 2 }, { arbitrary: damage, weight: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const lines = pieces.map((bytes, at) =>
        bytes === undefined ? line(at + 1) : Buffer.concat([bytes, Buffer.from('\n')]),
      );
      const whole = pieces.flatMap((bytes, at) => (bytes === undefined ? [at + 1] : []));
      expect(told(await read(Buffer.concat(lines))).filter((at) => at > 0)).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});

test('a torn end is left for the next reading', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 5 }), fc.nat({ max: 70 }), async (count, torn) => {
      const lines = Array.from({ length: count }, (_, at) => line(at + 1));
      const end = line(99).subarray(0, Math.min(torn, line(99).length - 1));
      const entries = await read(Buffer.concat([...lines, end]));
      expect(told(entries)).toEqual(lines.map((_, at) => at + 1));
      expect(entries.at(-1)?.end ?? 0).toBe(Buffer.concat(lines).length);
    }),
    { numRuns: 100 },
  );
});
