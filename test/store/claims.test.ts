/** Claims under attack: of any number of processes that want one key, one has it. */
import { readdirSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ProcessIdentity } from '../../src/events.ts';
import { type Claim, observeClaim, removeClaims, tryClaim } from '../../src/store/claims.ts';
import { createExclusive, jsonText } from '../../src/store/files.ts';
import { currentProcess, isAlive } from '../../src/store/process-identity.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
import { together } from './together.ts';

const ended: ProcessIdentity = { ...currentProcess(), pidStart: '1' }; // our pid, once another's
const elsewhere: ProcessIdentity = { ...currentProcess(), host: 'another-host' };

const folderOf = () => join(temporaryLayout().runs, 'claims', 'key');

/** A claim that some other process left behind. */
async function left(folder: string, by: ProcessIdentity, number = 1): Promise<void> {
  await mkdir(folder, { recursive: true });
  await createExclusive(join(folder, String(number)), jsonText({ by, nonce: `${number}`, beat: 0 }));
}

async function owned(folder: string, options = {}): Promise<Claim> {
  const attempt = await tryClaim(folder, options);
  if (attempt.kind !== 'owned') throw new Error(`it is ${attempt.kind}`);
  return attempt.claim;
}

describe('several processes at the same moment', () => {
  test('one dead claim has exactly one heir, 40 times over', async () => {
    const { runs } = temporaryLayout();
    const rounds = 40;
    for (let at = 0; at < rounds; at++) await left(join(runs, 'claims', `dead${at}`), ended);
    const answers = await together<boolean[]>(Array(4).fill(['claim', runs, 'dead', '', String(rounds)]));
    const owners = Array.from({ length: rounds }, (_, at) => answers.filter((owns) => owns[at]).length);
    expect(owners).toEqual(Array(rounds).fill(1));
  });

  test('a key that nobody has yet has one owner', async () => {
    const { runs } = temporaryLayout();
    const answers = await together<boolean[]>(Array(4).fill(['claim', runs, 'new', '', '40']));
    expect(answers[0]?.map((_, at) => answers.filter((owns) => owns[at]).length)).toEqual(Array(40).fill(1));
  });

  test('claims that are removed while others take them break nobody', async () => {
    const layout = temporaryLayout();
    expect(await together(Array(3).fill(['churn', layout.runs, 'key', '', '60']))).toEqual(Array(3).fill('done'));
    expect(readdirSync(join(layout.runs, 'claims')).filter((name) => name !== 'key')).toEqual([]);
  });
});

describe('how a claim is left', () => {
  test('held by the living, taken over from the dead', async () => {
    const folder = folderOf();
    await owned(folder);
    const by = { ...currentProcess(), since: expect.any(Number) };
    expect(await tryClaim(folder)).toEqual({ kind: 'held', by, number: 1 });
    const other = folderOf();
    await left(other, ended);
    expect(await observeClaim(other)).toEqual({ number: 1, held: false });
    expect(await tryClaim(other)).toMatchObject({ kind: 'owned', restarts: 1, claim: { number: 2 } });
  });

  test('released: the next one owns it', async () => {
    const folder = folderOf();
    await (await owned(folder)).end({ state: 'released' });
    expect((await owned(folder, { after: 0 })).number).toBe(2);
  });

  test('failed: adopted by those that waited, tried again by those that come later', async () => {
    const folder = folderOf();
    const claim = await owned(folder);
    const detail = { kind: 'exit', code: 3 };
    await claim.end({ state: 'failed', detail });
    expect(await tryClaim(folder, { after: 0 })).toEqual({
      kind: 'ended',
      end: { state: 'failed', detail },
      number: 1,
    });
    expect((await owned(folder)).number).toBe(2);
  });

  test('done: nobody takes it again', async () => {
    const folder = folderOf();
    await (await owned(folder)).end({ state: 'done' });
    expect(await tryClaim(folder)).toEqual({ kind: 'ended', end: { state: 'done' }, number: 1 });
  });

  test('removed: as if there had been none, and its late owner writes nothing', async () => {
    const folder = folderOf();
    const late = await owned(folder);
    await removeClaims(folder);
    await removeClaims(folder);
    expect(await observeClaim(folder)).toBeUndefined();
    await owned(folder);
    await late.end({ state: 'failed' });
    expect(await observeClaim(folder)).toEqual({ number: 1, held: true });
  });
});

describe('an owner whose pid cannot be judged', () => {
  test('is held to be dead when its claim has not changed for three leases', async () => {
    const folder = folderOf();
    const leaseMs = 20;
    await left(folder, elsewhere);
    expect(isAlive(elsewhere)).toBe('unknown');
    expect((await tryClaim(folder, { leaseMs })).kind).toBe('held');
    await sleep(leaseMs);
    expect((await tryClaim(folder, { leaseMs: 1_000 })).kind).toBe('held');
    await sleep(3 * leaseMs);
    expect((await tryClaim(folder, { leaseMs })).kind).toBe('owned');
  });

  test('lives while its heart beats', async () => {
    const folder = folderOf();
    const claim = await owned(folder, { leaseMs: 10 });
    const content = () => readFile(join(folder, '1'), 'utf8');
    const before = await content();
    await expect.poll(content).not.toBe(before);
    await claim.end({ state: 'released' });
    await rm(folder, { recursive: true });
  });

  test('lives on when a beat could not be written, and leaves its claim as any other', async () => {
    const folder = folderOf();
    const claim = await owned(folder, { leaseMs: 10 });
    await rename(folder, `${folder}.away`);
    await symlink('key', folder); // leads to itself: every read fails
    await sleep(100);
    await rm(folder);
    await rename(`${folder}.away`, folder);
    const content = () => readFile(join(folder, '1'), 'utf8');
    const before = await content();
    await expect.poll(content).not.toBe(before);
    await claim.end({ state: 'released' });
    expect(await observeClaim(folder)).toEqual({ number: 1, held: false });
  });
});

describe('who lives', () => {
  test('this process, and none that had its pid before, ran before the last boot, or is gone', () => {
    const me = currentProcess();
    expect(isAlive(me)).toBe(true);
    expect(isAlive(ended)).toBe(false);
    expect(isAlive({ ...me, bootId: 'an earlier one' })).toBe(false);
    expect(isAlive({ ...me, pid: 2 ** 22 + 1 })).toBe(false);
  });

  test('of another host or another pid namespace nothing is known', () => {
    expect(isAlive(elsewhere)).toBe('unknown');
    expect(isAlive({ ...currentProcess(), pidNamespace: 'pid:[1]' })).toBe('unknown');
  });
});
