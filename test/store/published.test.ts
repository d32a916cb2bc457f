/** Results are published once, whole, and never used when damaged. */
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ConfigHash, type FingerprintHash, sha256 } from '../../src/hash.ts';
import { attemptNumbers, newAttempt } from '../../src/store/attempts.ts';
import type { Layout } from '../../src/store/layout.ts';
import { findPublished, publish } from '../../src/store/published.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
import { lockOf } from './published-fixture.ts';
import { together } from './together.ts';

const key = sha256('key') as string as FingerprintHash;

interface Answer {
  readonly won: boolean;
  readonly hash: string;
  readonly differing: readonly string[];
}

async function published(layout: Layout, text = 'text', nonce = 'mine'): Promise<string> {
  const scratch = layout.scratch(nonce);
  await mkdir(scratch.outs, { recursive: true });
  await writeFile(join(scratch.outs, 'out.txt'), text);
  const { lock } = await publish(layout, scratch.folder, await lockOf(scratch.outs, key, nonce));
  return lock.execution.nonce;
}

describe('several processes publish one key', () => {
  test('equal bytes: one result stands, the others adopt it, no scratch is left', async () => {
    const layout = temporaryLayout();
    await mkdir(layout.stages);
    const answers = await together<Answer>(Array(4).fill(['publish', layout.runs, key, 'same']));
    expect(answers.filter(({ won }) => won)).toHaveLength(1);
    expect(answers.map(({ hash, differing }) => ({ hash, differing }))).toEqual(
      Array(4).fill({ hash: sha256('same'), differing: [] }),
    );
    expect(readdirSync(layout.scratchRoot)).toEqual([]);
    expect((await findPublished(layout, key))?.outputs.out?.hash).toBe(sha256('same'));
  });

  test('differing bytes: the first stands, and the others are told', async () => {
    const layout = temporaryLayout();
    await mkdir(layout.stages);
    const answers = await together<Answer>(['a', 'b', 'c'].map((text) => ['publish', layout.runs, key, text]));
    expect(new Set(answers.map(({ hash }) => hash)).size).toBe(1);
    expect(answers.map(({ won, differing }) => (won ? [] : differing))).toEqual(
      answers.map(({ won }) => (won ? [] : ['out'])),
    );
    expect(answers.filter(({ won }) => won)).toHaveLength(1);
  });
});

describe('made once more', () => {
  test('a whole result is adopted, and used from now on', async () => {
    const layout = temporaryLayout();
    await published(layout);
    const { used } = layout.stage(key);
    utimesSync(used, 1, 1);
    expect(await published(layout, 'text', 'again')).toBe('mine');
    expect(statSync(used).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
    expect(readdirSync(layout.scratchRoot)).toEqual([]);
  });

  test('a damaged one is set aside, and what was made takes its place', async () => {
    const layout = temporaryLayout();
    await published(layout);
    const file = join(layout.stage(key).outs, 'out.txt');
    writeFileSync(file, 'txet');
    expect(await published(layout, 'text', 'again')).toBe('again');
    expect(readFileSync(file, 'utf8')).toBe('text');
    expect(readdirSync(layout.quarantine)).toHaveLength(1);
    expect(readdirSync(layout.scratchRoot)).toEqual([]);
  });
});

describe('finding', () => {
  test.each([
    ['changed', (file: string) => appendFileSync(file, 'more')],
    ['deleted', (file: string) => rmSync(file)],
    ['written over with as many bytes', (file: string) => writeFileSync(file, 'txet')],
  ])('a result that was %s is none, and is kept aside', async (_what, damage) => {
    const layout = temporaryLayout();
    await published(layout);
    damage(join(layout.stage(key).outs, 'out.txt'));
    expect(await findPublished(layout, key)).toBeUndefined();
    expect(readdirSync(layout.quarantine)).toHaveLength(1);
    expect(readdirSync(layout.stages).filter((name) => name !== '.tmp')).toEqual([]);
    await published(layout);
    expect(await findPublished(layout, key)).toBeDefined();
  });

  test('a touched result with the same bytes stands', async () => {
    const layout = temporaryLayout();
    await published(layout);
    writeFileSync(join(layout.stage(key).outs, 'out.txt'), 'text');
    expect(await findPublished(layout, key)).toBeDefined();
  });
});

describe('attempts', () => {
  test('processes that begin at the same moment share no number, and leave no gap', async () => {
    const layout = temporaryLayout();
    const config = sha256('config') as string as ConfigHash;
    const answers = await together<number[]>(Array(4).fill(['attempts', layout.runs, config, '', '10']));
    expect(answers.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    expect((await newAttempt(layout, config)).attempt).toBe(41);
    expect((await attemptNumbers(layout, config))[0]).toBe(41);
  });
});
