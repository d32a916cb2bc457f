/** What is published has reached the disk; what may not have, before the machine was started again, is read anew. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { type FingerprintHash, sha256 } from '../../src/hash.ts';
import { jsonText } from '../../src/store/files.ts';
import type { Layout } from '../../src/store/layout.ts';
import { findPublished, publish, type StageLock } from '../../src/store/published.ts';
import { rig } from '../helpers/rig.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
import { lockOf } from './published-fixture.ts';

const command = join(import.meta.dirname, '..', '..', 'bin', 'retrial.js');

test('outputs, lock and folders are synced before the result has its name', async () => {
  const shim = join(temporaryFolder(), 'order.so');
  execFileSync('cc', ['-shared', '-fPIC', '-o', shim, join(import.meta.dirname, '../helpers/order-shim.c'), '-ldl']);
  const project = rig({
    'pipeline.yaml': `version: 1
stages:
  make: { cmd: "echo a > \${outs.a}; echo b > \${outs.more}/b", outs: { a: a.txt, more: more/ } }
`,
  });
  const env = { LD_PRELOAD: shim, ORDER_LOG: project.path('order.txt') };
  await execa(process.execPath, [command, 'run'], { cwd: project.folder, env });
  const order = project.read('order.txt').split('\n');
  const published = order.findIndex((line) => /^renamed .*\/stages\/[0-9a-f]{64}$/.test(line));
  expect(published).toBeGreaterThan(0);
  const before = order.slice(0, published).filter((line) => line.includes('/stages/.tmp/'));
  const names = before.map((line) => line.replace(/.*\/stages\/\.tmp\/[0-9a-f-]+/, ''));
  expect(names).toEqual(
    expect.arrayContaining(['/outs/a.txt', '/outs/more/b', '/outs/more', '/outs', '/lock.json', '']),
  );
  expect(order.slice(published).some((line) => /^synced .*\/runs\/stages$/.test(line))).toBe(true);
});

describe('a result of an earlier boot', () => {
  const key = sha256('key') as string as FingerprintHash;

  /** Published before the machine was started again, and now other bytes, although nothing shows in times and sizes. */
  async function lostBytes(layout: Layout): Promise<void> {
    const scratch = layout.scratch('mine');
    await mkdir(scratch.outs, { recursive: true });
    await writeFile(join(scratch.outs, 'out.txt'), 'text');
    await publish(layout, scratch.folder, await lockOf(scratch.outs, key, 'mine'));
    const { lock: lockFile, outs } = layout.stage(key);
    const file = join(outs, 'out.txt');
    writeFileSync(file, '\0\0\0\0');
    utimesSync(file, 1, 1);
    const at = statSync(file, { bigint: true });
    const lock = JSON.parse(readFileSync(lockFile, 'utf8')) as StageLock;
    const moved = { mtimeNs: String(at.mtimeNs), ctimeNs: String(at.ctimeNs), inode: String(at.ino) };
    const out = lock.outputs.out as NonNullable<StageLock['outputs'][string]>;
    const by = { ...lock.execution.by, bootId: 'an earlier boot' };
    const outputs = { out: { ...out, files: out.files.map((entry) => ({ ...entry, ...moved })) } };
    writeFileSync(lockFile, jsonText({ ...lock, outputs, execution: { ...lock.execution, by } }));
  }

  test('is read anew without its durable mark: lost bytes are found', async () => {
    const layout = temporaryLayout();
    await lostBytes(layout);
    rmSync(layout.stage(key).durable);
    expect(await findPublished(layout, key)).toBeUndefined();
  });

  test('is not read with it', async () => {
    const layout = temporaryLayout();
    await lostBytes(layout);
    expect(await findPublished(layout, key)).toBeDefined();
  });
});
