/**
 * One that wants a result: `owner.ts RUNS KEY TEXT LEASE_MS`. It takes the claim as soon as it can, says so, and on the
 * next line from stdin publishes; or adopts what is published meanwhile. It answers in JSON and ends with stdin.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FingerprintHash } from '../../src/hash.ts';
import { type Claim, removeClaims, tryClaim } from '../../src/store/claims.ts';
import { usePublished } from '../../src/store/in-use.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { ownedName } from '../../src/store/owned-names.ts';
import { publish, type StageLock } from '../../src/store/published.ts';
import { lockOf } from './published-fixture.ts';

const [runs = '', key = '', text = '', leaseMs = ''] = process.argv.slice(2);
const layout = layoutOf(runs);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);

say({ pid: process.pid });
const turn = await ours();
if ('claim' in turn) {
  say({ owns: turn.claim.number });
  await lines.next();
  say(await publishOne(turn.claim));
} else say({ won: false, nonce: turn.lock.execution.nonce });
await lines.next();

async function ours(): Promise<{ readonly claim: Claim } | { readonly lock: StageLock }> {
  for (let isTold = false; ; await sleep(20)) {
    const attempt = await tryClaim(layout.claims(key), { leaseMs: Number(leaseMs) });
    if (attempt.kind === 'owned') return { claim: attempt.claim };
    if (attempt.kind === 'held' && !isTold) say({ waitsFor: attempt.by.pid });
    isTold ||= attempt.kind === 'held';
    const lock = await usePublished(layout, key as FingerprintHash);
    if (lock !== undefined) return { lock };
  }
}

async function publishOne(claim: Claim) {
  const nonce = ownedName();
  const scratch = layout.scratch(nonce);
  await mkdir(scratch.outs, { recursive: true });
  await writeFile(join(scratch.outs, 'out.txt'), text);
  const lock = await lockOf(scratch.outs, key as FingerprintHash, nonce);
  const { lock: standing, differing } = await publish(layout, scratch.folder, lock);
  await removeClaims(layout.claims(key));
  await claim.end({ state: 'released' });
  return { won: standing.execution.nonce === nonce, nonce: standing.execution.nonce, differing };
}
