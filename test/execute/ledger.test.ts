/** Slots that several real processes share: never more than there is, in the order asked for, and free when one dies. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { Capacity } from '../../src/execute/capacity.ts';
import { ledger } from '../../src/execute/ledger.ts';
import type { Needs } from '../../src/execute/slots.ts';
import type { Layout } from '../../src/store/layout.ts';
import { leftovers } from '../../src/store/leftovers.ts';
import { tryMutex } from '../../src/store/mutex.ts';
import { machine } from '../../src/store/owned-names.ts';
import { compiled } from '../helpers/compiled.ts';
import { hasNamespaces, inNamespace, namespaceSkipReason } from '../helpers/pid-namespace.ts';
import { until } from '../helpers/rig.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const two: Capacity = { cpus: 2, memoryBytes: 4, gpus: ['0', '1'] };

const started: { kill(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((holder) => holder.kill()));
});

interface Holder {
  take(needs: Partial<Needs>, as: string): void;
  giveBack(name: string): void;
  rounds(count: number, seed: number): void;
  /** What it says next. */
  heard(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
}

async function holder({ runs }: Layout, capacity: Capacity = two, before: readonly string[] = []): Promise<Holder> {
  const script = await compiled(join(import.meta.dirname, 'holder.ts'));
  const command = [process.execPath, script, runs, JSON.stringify(capacity), join(runs, 'log')];
  const [program = '', ...args] = [...before, ...command];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const tell = (command: object) => child.stdin.write(`${JSON.stringify(command)}\n`);
  const heard = async () => JSON.parse((await lines.next()).value ?? '{"gone":[]}');
  await heard();
  const made: Holder = {
    take: (needs, as) => tell({ take: { cpus: 1, ...needs }, as }),
    giveBack: (name) => tell({ giveBack: name }),
    rounds: (rounds, seed) => tell({ rounds, seed }),
    heard,
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
  started.push(made);
  return made;
}

const holders = (layout: Layout, count: number) => Promise.all(Array.from({ length: count }, () => holder(layout)));

/** Tickets for something, those that have it among them. */
const tickets = (layout: Layout, what: string) =>
  readdirSync(layout.slotQueue(machine(), what)).filter((name) => /^\d+-\d+-[^.]+$/.test(name));
const asked = (layout: Layout, what: string, count: number) =>
  until(`${count} tickets for ${what}`, () => tickets(layout, what).length === count);

describe('never more than there is', () => {
  test('by four processes that ask for anything at random', async () => {
    const layout = temporaryLayout();
    const all = await holders(layout, 4);
    for (const [seed, one] of all.entries()) one.rounds(25, seed);
    expect(await Promise.all(all.map((one) => one.heard()))).toEqual(all.map(() => ({ wrong: [] })));
    for (const what of ['cpus', 'memory', 'gpus', 'mutex-a', 'mutex-b']) await asked(layout, what, 0);
    for (const name of ['a', 'b']) expect(readdirSync(layout.mutex(name))).toHaveLength(1);
  });

  test('nor while some of them are killed at any moment', async () => {
    const layout = temporaryLayout();
    const [one, other, ...victims] = await holders(layout, 5);
    if (one === undefined || other === undefined) throw new Error('five were started');
    for (const [seed, each] of [one, other].entries()) each.rounds(30, seed);
    for (const [seed, victim] of victims.entries()) victim.rounds(1000, seed + 7);
    for (const victim of victims) {
      await sleep(250);
      await victim.kill();
    }
    expect(await Promise.all([one.heard(), other.heard()])).toEqual([{ wrong: [] }, { wrong: [] }]);
  });
});

describe('first come, first served', () => {
  test('a wide stage is not passed by narrow ones behind it', async () => {
    const layout = temporaryLayout();
    const [a, b, c, d] = (await holders(layout, 4)) as [Holder, Holder, Holder, Holder];
    a.take({}, 'first');
    expect(await a.heard()).toEqual({ first: [] });
    const order: string[] = [];
    const served: Promise<void>[] = [];
    for (const [at, one] of [b, c, d].entries()) {
      const as = ['wide', 'narrow', 'wide too'][at] ?? '';
      one.take({ cpus: as === 'narrow' ? 1 : 2 }, as);
      await asked(layout, 'cpus', at + 2);
      served.push(
        one.heard().then(() => {
          order.push(as);
          one.giveBack(as);
        }),
      );
    }
    a.giveBack('first');
    await Promise.all(served);
    expect(order).toEqual(['wide', 'narrow', 'wide too']);
  });

  test('who waits for a GPU or a name keeps nobody from the processors', async () => {
    const layout = temporaryLayout();
    const [a, b, c] = (await holders(layout, 3)) as [Holder, Holder, Holder];
    a.take({ gpus: 2, mutex: ['m'] }, 'all');
    expect(await a.heard()).toEqual({ all: ['0', '1'] });
    b.take({ cpus: 2, gpus: 1 }, 'one');
    await asked(layout, 'gpus', 2);
    b.take({ cpus: 2, mutex: ['m'] }, 'named');
    await asked(layout, 'mutex-m', 2);
    c.take({}, 'none');
    expect(await c.heard()).toEqual({ none: [] });
  });

  test('more processors than there are waits for all of them', async () => {
    const layout = temporaryLayout();
    const one = await holder(layout);
    one.take({ cpus: 64 }, 'all');
    expect(await one.heard()).toEqual({ all: [] });
  });
});

describe('one that dies', () => {
  test('has nothing any more, whatever it had, and keeps nobody waiting who came after it', async () => {
    const layout = temporaryLayout();
    const [a, b, c] = (await holders(layout, 3)) as [Holder, Holder, Holder];
    const everything = { cpus: 2, memoryBytes: 4, gpus: 2, mutex: ['m'] };
    a.take(everything, 'had');
    expect(await a.heard()).toEqual({ had: ['0', '1'] });
    b.take(everything, 'waits');
    await asked(layout, 'mutex-m', 2);
    c.take(everything, 'last');
    await asked(layout, 'mutex-m', 3);
    await b.kill();
    await a.kill();
    expect(await c.heard()).toEqual({ last: ['0', '1'] });
    await c.kill();
    const left = (await leftovers(layout)).map(({ kind, path }) => [kind, path.split('/').at(-2)]);
    expect(left.sort()).toEqual([...['cpus', 'gpus', 'gpus', 'memory', 'mutex-m'].map((what) => ['slots', what])]);
  });
});

describe('GPUs', () => {
  test('nobody waits for those that only others see', async () => {
    const layout = temporaryLayout();
    const seeing = (...gpus: string[]) => holder(layout, { ...two, gpus });
    const [a, b, c] = await Promise.all([seeing('0'), seeing('GPU-1/2'), seeing('0', 'GPU-1/2')]);
    a.take({ gpus: 1 }, 'a');
    expect(await a.heard()).toEqual({ a: ['0'] });
    b.take({ gpus: 1 }, 'b');
    expect(await b.heard()).toEqual({ b: ['GPU-1/2'] });
    a.giveBack('a');
    c.take({ gpus: 1 }, 'c');
    expect(await c.heard()).toEqual({ c: ['0'] });
  });
});

test('what is wanted no more is not waited for, and nothing of it is left', async () => {
  const layout = temporaryLayout();
  const slots = ledger(layout, two);
  const first = await slots.take({ cpus: 2, mutex: ['m'] });
  const abort = new AbortController();
  const [named, wide] = [slots.take({ cpus: 1, mutex: ['m'] }, abort.signal), slots.take({ cpus: 1 }, abort.signal)];
  await asked(layout, 'mutex-m', 2);
  await asked(layout, 'cpus', 2);
  abort.abort();
  expect(await Promise.all([named, wide])).toEqual([undefined, undefined]);
  await asked(layout, 'cpus', 1);
  first?.release();
  first?.release();
  await asked(layout, 'mutex-m', 0);
  await asked(layout, 'cpus', 0);
});

test('more memory or GPUs than there are is told at once', () => {
  const slots = ledger(temporaryLayout(), two);
  expect(slots.lacking({ cpus: 64, memoryBytes: 4, gpus: 2, mutex: ['m'] })).toBeUndefined();
  expect(slots.lacking({ cpus: 1, memoryBytes: 5 })).toEqual({
    kind: 'resources',
    resource: 'memory',
    asked: 5,
    there: 4,
  });
  expect(slots.lacking({ cpus: 1, gpus: 3 })).toEqual({ kind: 'resources', resource: 'gpus', asked: 3, there: 2 });
});

describe('a name among machines', () => {
  test('claims of it do not pile up', async () => {
    const folder = temporaryLayout().mutex('m');
    for (const number of ['1', '2', '3']) {
      const claim = await tryMutex(folder);
      expect(await tryMutex(folder)).toBeUndefined();
      await claim?.end({ state: 'released' });
      expect(readdirSync(folder)).toEqual([number]);
    }
  });

  test(`is had by one of two that cannot judge each other${namespaceSkipReason}`, {
    skip: !hasNamespaces,
  }, async () => {
    const layout = temporaryLayout();
    const [a, b] = await Promise.all([holder(layout, two, inNamespace), holder(layout, two, inNamespace)]);
    a.take({ mutex: ['m'] }, 'a');
    expect(await a.heard()).toEqual({ a: [] });
    b.take({ mutex: ['m'] }, 'b');
    const next = b.heard();
    await until('its ticket', () => readdirSync(layout.slotsRoot).length === 3); // two machines, and the names
    expect(await Promise.race([next, sleep(1000, 'waits')])).toBe('waits');
    a.giveBack('a');
    expect(await next).toEqual({ b: [] });
  });
});
