/** Readers of a study with very many journals: what they ask of the file system, and that they miss nothing. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '../../src/events.ts';
import { randomStream } from '../../src/random.ts';
import { type JournalWriter, openJournal } from '../../src/record/journal.ts';
import { type SharedReader, sharedReader } from '../../src/sweep/shared-reader.ts';
import { markPhase } from '../../src/sweep/study-news.ts';
import { phaseOf, type StudyState, studyReader } from '../../src/sweep/study-state.ts';
import { countOperations } from '../helpers/file-operations.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
import { asked, phase, told } from './study-fixture.ts';

function manyJournals(count: number) {
  const { runs, ...layout } = temporaryLayout();
  const folder = layout.study('s');
  const clock = { ms: 0 };
  const writers: JournalWriter[] = [];
  const write = (at: number, event: JournalEvent) => writers[at]?.append(event);
  const begin = () => writers.push(openJournal(folder.journals)) - 1;
  for (let at = 0; at < count; at++) write(begin(), asked(at));
  const reader = (looksOnly = false) => sharedReader(folder, { now: () => clock.ms, date: () => clock.ms, looksOnly });
  const operations = async (reader: SharedReader) => {
    const { result, total, counts } = await countOperations(runs, () => reader.read());
    return { state: result, total, opens: counts.get('open') ?? 0 };
  };
  return { folder, clock, write, begin, reader, operations };
}

const plain = ({ trials, finals, phases }: StudyState) => ({
  ...{ finals, phases },
  trials: [...trials.values()].sort((a, b) => a.number - b.number),
});

test('of many journals one reader reads all, and others what it gathered', async () => {
  const { clock, write, reader, operations, folder } = manyJournals(300);
  const [one, other] = [reader(), reader()];
  await Promise.all([one.read(), other.read()]);
  for (let at = 0; at < 300; at++) write(at, told(at, [at]));
  clock.ms += 60_000;
  const gathering = await operations(one);
  expect(gathering.opens).toBeGreaterThan(300);
  const reading = await operations(other);
  expect(reading.total).toBeLessThan(20);
  expect(plain(reading.state)).toEqual(plain(gathering.state));
  expect(reading.state.untold.size).toBe(0);
  clock.ms += 1_000;
  expect((await operations(other)).total).toBeLessThan(5); // so soon nobody gathers again
  expect(readdirSync(folder.news.folder)).toEqual(['000000001.json']);
});

test('who only looks writes nothing, and is told by the news of others', async () => {
  const { clock, write, reader, operations, folder } = manyJournals(200);
  const [worker, watcher] = [reader(), reader(true)];
  await Promise.all([worker.read(), watcher.read()]);
  write(0, told(0, [1]));
  clock.ms += 5_000;
  expect((await operations(watcher)).total).toBeLessThan(5);
  expect(readdirSync(folder.folder)).toEqual(['journal']);
  await worker.read();
  expect((await operations(watcher)).state.trials.get(0)?.told?.value).toBe(1);
  write(1, told(1, [1]));
  clock.ms += 11_000; // nobody works any more
  expect((await watcher.read()).trials.get(1)?.told?.value).toBe(1);
  expect(readdirSync(folder.news.folder)).toEqual(['000000001.json']);
});

test('few journals are read as they are, and of many that are silent only some', async () => {
  const { clock, write, reader, folder } = manyJournals(40);
  const one = reader();
  await one.read();
  write(3, told(3, [1]));
  expect((await one.read()).trials.get(3)?.told?.value).toBe(1);
  expect(() => readdirSync(folder.news.folder)).toThrow('ENOENT');
  const ended = manyJournals(300);
  const late = ended.reader();
  await late.read();
  for (const ms of [7_200_000, 60_000]) {
    ended.clock.ms += ms;
    await late.read();
  }
  ended.write(299, told(299, [1]));
  ended.write(0, told(0, [1]));
  ended.clock.ms += 1_000;
  const { opens } = await ended.operations(late);
  expect(opens).toBeLessThan(70);
  const fresh = ended.begin();
  ended.write(fresh, asked(900));
  expect((await late.read()).trials.has(900)).toBe(true); // a new one is always looked at
  ended.clock.ms += 600_000;
  expect((await late.read()).untold.size).toBe(299);
  expect(clock.ms).toBe(0);
});

test('a phase is seen at once, whoever reads news', async () => {
  const { write, begin, reader, folder } = manyJournals(200);
  const one = reader();
  await one.read();
  write(begin(), phase(1, 200));
  expect(phaseOf(await one.read()).number).toBe(0);
  await markPhase(folder.news, 1);
  expect(phaseOf(await one.read()).number).toBe(1);
});

describe('nothing is missed, in whatever order it is written, gathered and read', () => {
  test.each([1, 2, 3])('seed %i', async (seed) => {
    const random = randomStream(seed, 'readers');
    const count = random.integer(66, 90);
    const { clock, write, begin, reader, folder } = manyJournals(count);
    const readers: SharedReader[] = [reader(), reader(), reader()];
    let writers = count;
    for (let step = 0; step < 40; step++) {
      const kind = random.integer(0, 9);
      const one = readers[random.integer(0, readers.length - 1)] as SharedReader;
      if (kind < 4)
        for (let at = random.integer(0, 80); at > 0; at--)
          write(random.integer(0, writers - 1), told(step * 100 + at, [step]));
      else if (kind < 7) await one.read();
      else if (kind === 7) clock.ms += random.integer(0, 20_000);
      else if (step % 20 === 0) rmSync(folder.news.folder, { recursive: true, force: true });
      else if (step % 5 === 0) await one.readAll();
      else if (step % 7 === 0) readers.push(reader());
      else write(begin(), asked(1_000 + writers++));
    }
    const truth = plain(await studyReader(folder.journals).read());
    for (const one of readers) {
      for (let looks = 0; looks < 3; looks++) {
        clock.ms += 120_000;
        await one.read();
      }
      expect(plain(await one.read())).toEqual(truth);
    }
  });
});

test('who died while it gathered is in nobody’s way for long', async () => {
  const { clock, write, reader, folder } = manyJournals(200);
  const one = reader();
  await one.read();
  mkdirSync(folder.news.gathering, { recursive: true });
  write(0, told(0, [1]));
  clock.ms += 60_000;
  expect((await one.read()).trials.get(0)?.told?.value).toBe(1);
});
