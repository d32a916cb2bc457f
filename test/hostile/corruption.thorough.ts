/** Damaged results: the next run sets them aside and makes them again. */
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'vitest';
import { type Damage, flipBit, mendAll, type Store } from './damaged-store.ts';

type Undone = Omit<Damage, 'after'>;

const outputs: readonly Undone[] = [
  { what: 'a bit flipped', make: ({ made }) => flipBit(made('outs/made/1.txt'), false) },
  {
    what: 'a bit flipped, its time of modification set back',
    make: ({ made }) => flipBit(made('outs/made/1.txt'), true),
  },
  {
    what: 'a file replaced by another of its size and time',
    make: ({ made }) => {
      const path = made('outs/made/1.txt');
      const { atime, mtime } = statSync(path);
      copyFileSync(path, `${path}.new`);
      flipBit(`${path}.new`, false);
      utimesSync(`${path}.new`, atime, mtime);
      renameSync(`${path}.new`, path);
    },
  },
  { what: 'a file truncated', make: ({ made }) => truncateSync(made('outs/made/1.txt'), 7) },
  { what: 'a file emptied', make: ({ made }) => truncateSync(made('outs/made/0.txt')) },
  {
    what: 'a file appended to',
    make: ({ made }) => appendFileSync(made('outs/made/0.txt'), 'x'),
  },
  { what: 'a file deleted', make: ({ made }) => rmSync(made('outs/made/2.txt')) },
  { what: 'a file more', make: ({ made }) => writeFileSync(made('outs/made/3.txt'), '') },
  {
    what: 'an empty folder deleted',
    make: ({ made }) => rmSync(made('outs/made/empty'), { recursive: true }),
  },
  {
    what: 'the output deleted',
    make: ({ made }) => rmSync(made('outs/made'), { recursive: true }),
  },
  {
    what: 'a file replaced by a link to what it was',
    make: ({ made }) => {
      renameSync(made('outs/made/1.txt'), made('moved'));
      symlinkSync('../../moved', made('outs/made/1.txt'));
    },
  },
];

const lock = ({ made }: Store) => made('lock.json');
const changedLock = (what: string, change: (lock: Record<string, unknown>) => unknown) => ({
  what: `the lock of a result ${what}`,
  make: ({ made }: Store) => {
    const whole = JSON.parse(readFileSync(made('lock.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(made('lock.json'), JSON.stringify(change(whole)));
  },
});

const locks: readonly Undone[] = [
  ...['', '{}', '[]', 'null', '\0\0\0\0'].map((content) => ({
    what: `the lock of a result is ${JSON.stringify(content)}`,
    make: (store: Store) => writeFileSync(lock(store), content),
  })),
  {
    what: 'the lock of a result torn',
    make: (store) => truncateSync(lock(store), statSync(lock(store)).size >> 1),
  },
  {
    what: 'the lock of a result deleted',
    make: (store) => rmSync(lock(store)),
  },
  {
    what: 'the lock of a result is a folder',
    make: (store) => {
      rmSync(lock(store));
      mkdirSync(lock(store));
    },
  },
  changedLock('of another key', (whole) => ({ ...whole, fingerprint: '0'.repeat(64) })),
  changedLock('of another format', (whole) => ({ ...whole, format: 2 })),
  changedLock('without outputs', ({ outputs, ...rest }) => rest),
  changedLock('with outputs of null', (whole) => ({ ...whole, outputs: null })),
  changedLock('with an output of null', (whole) => ({ ...whole, outputs: { made: null } })),
  changedLock('with files of null', (whole) => ({ ...whole, outputs: { made: { path: 'made', files: null } } })),
  changedLock('with no execution', (whole) => ({ ...whole, execution: null })),
  changedLock('with metrics of null', (whole) => ({ ...whole, metrics: null })),
  {
    what: 'a result replaced by a file',
    make: ({ made }) => {
      rmSync(made(), { recursive: true });
      writeFileSync(made(), '');
    },
  },
];

const setAside = { after: ['ran', 'fresh'], quarantined: 1 } as const;

test('outputs of a result', () => mendAll(outputs.map((damage) => ({ ...damage, ...setAside }))));
test('locks of results', () => mendAll(locks.map((damage) => ({ ...damage, ...setAside }))));
