/** Owners that cannot judge each other's pid: real processes, each number 1 of a pid namespace of its own. */
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type FingerprintHash, hashJson } from '../../src/hash.ts';
import { observeClaim } from '../../src/store/claims.ts';
import type { Layout } from '../../src/store/layout.ts';
import { publishedFingerprints } from '../../src/store/listing.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { compiled } from '../helpers/compiled.ts';
import { hasNamespaces, inNamespace, namespaceSkipReason, pidOutside } from '../helpers/pid-namespace.ts';
import { isRunning } from '../helpers/processes.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const key = hashJson({}) as string as FingerprintHash; // of the key that the locks of these processes hold
const leaseMs = 500; // taken over after three, in which an owner that lives beats fifteen times
const beatMs = 100;

interface Said {
  readonly pid?: number;
  readonly owns?: number;
  readonly waitsFor?: number;
  readonly won?: boolean;
  readonly nonce?: string;
  readonly differing?: readonly string[];
}
interface Owner {
  /** As it is known here. */
  readonly pid: number;
  heard(): Promise<Said>;
  goOn(): void;
}

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
});

async function owner({ runs }: Layout, text: string, leaseOrBeatMs: number): Promise<Owner> {
  const script = await compiled(join(import.meta.dirname, 'owner.ts'));
  const [program, ...args] = [...inNamespace, process.execPath, script];
  const child = spawn(program, [...args, runs, key, text, String(leaseOrBeatMs)], { stdio: 'pipe' });
  child.stderr.on('data', (text) => String(text).includes('sigprocmask') || process.stderr.write(text)); // unshare, of a kill
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const heard = async () => JSON.parse((await lines.next()).value ?? '{}') as Said;
  expect(await heard()).toEqual({ pid: 1 });
  const pid = await pidOutside(child.pid ?? 0);
  started.push(pid);
  return { pid, heard, goOn: () => child.stdin.write('\n') };
}

async function expectOne(layout: Layout, nonce: string | undefined): Promise<void> {
  expect(await publishedFingerprints(layout)).toEqual([key]);
  expect((await verifyStore(layout)).problems).toEqual([]);
  expect(nonce).toBeDefined();
  expect(readdirSync(layout.scratchRoot)).toEqual([]);
  expect((await observeClaim(layout.claims(key)))?.held ?? false).toBe(false);
}

describe(`an owner that is frozen and wakes after it was taken over${namespaceSkipReason}`, {
  skip: !hasNamespaces,
  timeout: 120_000,
}, () => {
  async function takenOver(layout: Layout, text: string) {
    const first = await owner(layout, 'one', beatMs);
    expect(await first.heard()).toEqual({ owns: 1 });
    const second = await owner(layout, text, leaseMs);
    expect(await second.heard()).toEqual({ waitsFor: 1 });
    process.kill(first.pid, 'SIGSTOP');
    expect(await second.heard()).toEqual({ owns: 2 });
    return { first, second };
  }
  test.each([
    ['the same bytes', 'one', []],
    ['other bytes, and is told that they differ', 'another', ['out']],
  ])('publishes nothing again where the other wrote %s', async (_what, text, differing) => {
    const layout = temporaryLayout();
    const { first, second } = await takenOver(layout, text);
    second.goOn();
    const standing = await second.heard();
    expect(standing).toMatchObject({ won: true, differing: [] });
    const { ino, mtimeMs } = statSync(layout.stage(key).lock);
    process.kill(first.pid, 'SIGCONT');
    first.goOn();
    expect(await first.heard()).toEqual({ won: false, nonce: standing.nonce, differing });
    expect(statSync(layout.stage(key).lock)).toMatchObject({ ino, mtimeMs });
    await expectOne(layout, standing.nonce);
  });

  test('while the other is still at it: one result, which the other adopts', async () => {
    const layout = temporaryLayout();
    const { first, second } = await takenOver(layout, 'one');
    process.kill(first.pid, 'SIGCONT');
    first.goOn();
    const standing = await first.heard();
    expect(standing).toMatchObject({ won: true });
    second.goOn();
    expect(await second.heard()).toEqual({ won: false, nonce: standing.nonce, differing: [] });
    await expectOne(layout, standing.nonce);
  });
});

describe(`equal pids in two namespaces${namespaceSkipReason}`, { skip: !hasNamespaces, timeout: 120_000 }, () => {
  test('an owner of the same number is held to live while it beats, and taken over when it has ceased to', async () => {
    const layout = temporaryLayout();
    const first = await owner(layout, 'one', beatMs);
    expect(await first.heard()).toEqual({ owns: 1 });
    const second = await owner(layout, 'one', leaseMs);
    expect(await second.heard()).toEqual({ waitsFor: 1 });
    const next = second.heard();
    expect(await Promise.race([next, sleep(leaseMs, 'waits')])).toBe('waits'); // who judged by pid would own it at once
    process.kill(first.pid, 'SIGKILL');
    expect(await next).toEqual({ owns: 2 });
    second.goOn();
    const { won, nonce } = await second.heard();
    expect(won).toBe(true);
    await expectOne(layout, nonce);
  });
});
