import { appendFileSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StudyStarted } from '../../src/events.ts';
import { openJournal } from '../../src/record/journal.ts';
import { type JournalEntry, readJournal } from '../../src/record/read-journal.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const event = (study: string): StudyStarted => ({ type: 'study-started', at: 1, study, spec: { name: study } });
const folder = () => temporaryLayout().runs;

async function entries(file: string, from = 0): Promise<JournalEntry[]> {
  const all: JournalEntry[] = [];
  for await (const entry of readJournal(file, from)) all.push(entry);
  return all;
}

/** The studies of the events read, and what else was found. */
const seen = (all: readonly JournalEntry[]) =>
  all.map((e) => (e.kind === 'event' && e.event.type === 'study-started' ? e.event.study : e.kind));

/** As if the last write were long ago. */
const settle = (file: string) => utimesSync(file, 1, 1);

describe('writing', () => {
  test('a journal without an event is no file', () => {
    const root = join(folder(), 'journal');
    const journal = openJournal(root);
    journal.close();
    expect(() => readdirSync(root)).toThrow('ENOENT');
  });

  test('each event is one line with its version', () => {
    const journal = openJournal(folder());
    journal.append(event('a\nb'));
    journal.append(event('c'));
    journal.close();
    journal.close();
    const text = readFileSync(journal.file, 'utf8');
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toMatch(/^\{"v":1,"type":"study-started"/);
    expect(() => journal.append(event('d'))).toThrow('closed');
  });

  test('two writers of one process have files of their own', () => {
    const root = folder();
    for (const name of ['a', 'b']) {
      const journal = openJournal(root);
      journal.append(event(name));
      journal.close();
    }
    expect(readdirSync(root)).toHaveLength(2);
  });
});

describe('reading', () => {
  test('goes on from an offset, in bytes', async () => {
    const journal = openJournal(folder());
    for (const name of ['ä', 'b', 'c']) journal.append(event(name));
    journal.close();
    const all = await entries(journal.file);
    expect(seen(all)).toEqual(['ä', 'b', 'c']);
    expect(seen(await entries(journal.file, all[0]?.end))).toEqual(['b', 'c']);
    expect(await entries(journal.file, all[2]?.end)).toEqual([]);
  });

  test('a torn last line is left until it is whole', async () => {
    const file = join(folder(), 'torn.jsonl');
    const line = `${JSON.stringify({ v: 1, ...event('a') })}\n`;
    writeFileSync(file, line + line.slice(0, 20));
    const first = await entries(file);
    expect(seen(first)).toEqual(['a']);
    appendFileSync(file, line.slice(20));
    expect(seen(await entries(file, first[0]?.end))).toEqual(['a']);
  });

  test('a damaged inner line is reported with its offset and skipped', async () => {
    const file = join(folder(), 'bad.jsonl');
    const line = `${JSON.stringify({ v: 1, ...event('a') })}\n`;
    writeFileSync(file, `${line}{"v":1,"ty\n7\n${line}`);
    const all = await entries(file);
    expect(seen(all)).toEqual(['a', 'problem', 'problem', 'a']);
    expect(all[1]).toMatchObject({ offset: line.length, message: expect.stringContaining('not JSON') });
    expect(all[2]).toMatchObject({ message: 'not an event' });
  });

  test('events of a later version are skipped as unknown', async () => {
    const file = join(folder(), 'later.jsonl');
    const lines = [
      { v: 1, type: 'run-paused' },
      { v: 2, ...event('b') },
      { v: 1, ...event('a') },
    ];
    writeFileSync(file, lines.map((l) => `${JSON.stringify(l)}\n`).join(''));
    expect(seen(await entries(file))).toEqual(['unknown', 'unknown', 'a']);
  });

  test('a hole of NUL bytes: waited for while it may still be filled, then passed over', async () => {
    const file = join(folder(), 'hole.jsonl');
    const line = `${JSON.stringify({ v: 1, ...event('a') })}\n`;
    writeFileSync(file, `${line}${'\0'.repeat(100)}${line}${'\0'.repeat(50)}\n${line}`);
    expect(seen(await entries(file))).toEqual(['a']);
    settle(file);
    expect(seen(await entries(file))).toEqual(['a', 'a', 'problem', 'a']);
  });

  test('lines longer than a read and across reads', async () => {
    const file = join(folder(), 'long.jsonl');
    const names = ['x'.repeat(200_000), 'y', 'z'.repeat(70_000)];
    writeFileSync(file, names.map((n) => `${JSON.stringify({ v: 1, ...event(n) })}\n`).join(''));
    const all = await entries(file);
    expect(seen(all)).toEqual(names);
    expect(seen(await entries(file, all[1]?.offset))).toEqual(names.slice(1));
  });
});
