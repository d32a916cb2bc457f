/**
 * A process of a store test: `process.ts VERB …`; it waits on stdin for the starting signal, answers in JSON,
 * and lives on until stdin is closed: whoever is gone has left its claims.
 */
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigHash, FingerprintHash } from '../../src/hash.ts';
import { newAttempt } from '../../src/store/attempts.ts';
import { removeClaims, tryClaim } from '../../src/store/claims.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { publish } from '../../src/store/published.ts';
import { lockOf } from './published-fixture.ts';

const [verb = '', runs = '', key = '', text = '', rounds = '1'] = process.argv.slice(2);
const layout = layoutOf(runs);

process.stdout.write('ready\n');
await once(process.stdin, 'data');
const closed = once(process.stdin, 'end');
process.stdout.write(`${JSON.stringify(await act())}\n`);
await closed;

async function act(): Promise<unknown> {
  switch (verb) {
    case 'claim': // one of many keys a round; held until the end of the test
      return Promise.all(Array.from({ length: Number(rounds) }, (_, at) => owns(join(runs, 'claims', `${key}${at}`))));
    case 'publish':
      return publishOne(text);
    case 'attempts': {
      const taken: number[] = [];
      for (let at = 0; at < Number(rounds); at++) taken.push((await newAttempt(layout, key as ConfigHash)).attempt);
      return taken;
    }
    case 'churn': // takes claims and removes them, as owners do that publish
      for (let at = 0; at < Number(rounds); at++) {
        const attempt = await tryClaim(layout.claims(key));
        await removeClaims(layout.claims(key));
        if (attempt.kind === 'owned') await attempt.claim.end({ state: 'released' });
      }
      return 'done';
    default:
      throw new Error(`no verb ${verb}`);
  }
}

async function owns(folder: string): Promise<boolean> {
  return (await tryClaim(folder)).kind === 'owned';
}

async function publishOne(content: string): Promise<unknown> {
  const scratch = layout.scratch(`${process.pid}`);
  await mkdir(scratch.outs, { recursive: true });
  await writeFile(join(scratch.outs, 'out.txt'), content);
  const lock = await lockOf(scratch.outs, key as FingerprintHash, `${process.pid}`);
  const { lock: standing, differing } = await publish(layout, scratch.folder, lock);
  return { won: standing.execution.nonce === `${process.pid}`, hash: standing.outputs.out?.hash, differing };
}
