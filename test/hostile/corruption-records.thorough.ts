/** Damaged records, memos, journals and indexes: the next run has need of none of them. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Damage, mendAll, rewritten, type Store } from './damaged-store.ts';

const attemptLock = ({ run }: Store) => run('attempts', readdirSync(run('attempts')).sort().at(-1) ?? '', 'lock.json');

const records: readonly Damage[] = [
  ...['', '[]', '{"format":1,"stages":null}', '{"format":1,"attempt":1,"stages":{"make":null}}'].map((content) =>
    rewritten(`the lock of the last attempt is ${content}`, attemptLock, content, ['cached', 'cached']),
  ),
  {
    what: 'the attempts deleted',
    make: ({ run }) => rmSync(run('attempts'), { recursive: true }),
    after: ['cached', 'cached'],
  },
  { what: 'the whole run deleted', make: ({ run }) => rmSync(run(), { recursive: true }), after: ['cached', 'cached'] },
  {
    what: 'a stray folder of no number',
    make: ({ run }) => mkdirSync(run('attempts/x1'), { recursive: true }),
    after: ['fresh', 'fresh'],
  },
  {
    what: 'the index deleted',
    make: ({ runs }) => rmSync(runs('index.sqlite'), { force: true }),
    after: ['fresh', 'fresh'],
  },
  rewritten('the index is no database', ({ runs }) => runs('index.sqlite'), 'no database'.repeat(1000), [
    'fresh',
    'fresh',
  ]),
  {
    what: 'a torn journal line',
    make: ({ runs }) => appendFileSync(journalOf(runs), '{"v":1,"type":"run-fi'),
    after: ['fresh', 'fresh'],
  },
  {
    what: 'journal lines of other things',
    make: ({ runs }) =>
      appendFileSync(
        journalOf(runs),
        'x\n{}\n[]\nnull\n{"v":1,"type":"__proto__"}\n{"v":1,"type":"run-started"}\n\0\0\n',
      ),
    after: ['fresh', 'fresh'],
  },
  {
    what: 'the journals deleted',
    make: ({ runs }) => rmSync(runs('journal'), { recursive: true }),
    after: ['fresh', 'fresh'],
  },
  {
    what: 'the memo deleted',
    make: ({ runs }) => rmSync(runs('memo'), { recursive: true, force: true }),
    after: ['fresh', 'fresh'],
  },
  ...[
    '',
    '{',
    '[]',
    'null',
    '{"a":null}',
    '{"a":[1]}',
    '{"version":1}',
    '{"version":1,"signatures":null,"trace":{}}',
  ].map((content) => ({
    what: `every memo is ${content}`,
    make: ({ runs }: Store) => {
      for (const name of memosOf(runs)) writeFileSync(name, content);
    },
    after: ['fresh', 'fresh'] as const,
  })),
  {
    what: 'every memo is a folder',
    make: ({ runs }) => {
      for (const name of memosOf(runs)) {
        rmSync(name);
        mkdirSync(name);
      }
    },
    after: ['fresh', 'fresh'],
  },
  {
    what: 'the objects deleted',
    make: ({ runs }) => rmSync(runs('objects'), { recursive: true, force: true }),
    after: ['fresh', 'fresh'],
  },
  {
    what: 'claims of nobody',
    make: ({ runs, first }) => {
      const folder = runs('claims', first.stages[0]?.fingerprint ?? '');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'x'), '');
    },
    after: ['fresh', 'fresh'],
  },
];

function memosOf(runs: Store['runs']): string[] {
  mkdirSync(runs('memo'), { recursive: true });
  const named = readdirSync(runs('memo')).filter((name) => name.startsWith('trace-'));
  expect(named.length).toBeGreaterThan(0);
  return [...named, 'files.json'].map((name) => {
    if (!existsSync(runs('memo', name))) writeFileSync(runs('memo', name), '');
    return runs('memo', name);
  });
}

function journalOf(runs: Store['runs']): string {
  return runs('journal', readdirSync(runs('journal')).sort().at(-1) ?? '');
}

test('records, memos, journals and the index', () => mendAll(records));
