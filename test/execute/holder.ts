/**
 * A process of a ledger test: `holder.ts RUNS CAPACITY LOG`. It reads commands from stdin, one a line in JSON:
 * `{ take: NEEDS, as: NAME }` takes them and says `{ NAME: its GPUs }`, `{ giveBack: NAME }`, and `{ rounds: N, seed }`
 * takes and gives back at random, and says how often it saw more in use than there is. It ends with stdin.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Capacity } from '../../src/execute/capacity.ts';
import { ledger } from '../../src/execute/ledger.ts';
import type { Granted, Needs } from '../../src/execute/slots.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { isRunning } from '../helpers/processes.ts';

const [runs = '', capacityText = '', log = ''] = process.argv.slice(2);
const capacity = JSON.parse(capacityText) as Capacity;
const slots = ledger(layoutOf(runs), capacity);
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
const held = new Map<string, Granted>();

interface Command {
  readonly take?: Needs;
  readonly as?: string;
  readonly giveBack?: string;
  readonly rounds?: number;
  readonly seed?: number;
}

say({ pid: process.pid });
for await (const line of createInterface({ input: process.stdin })) obey(JSON.parse(line) as Command);
process.exit();

function obey({ take, as = '', giveBack, rounds, seed = 0 }: Command): void {
  if (take !== undefined) void hold(take, as);
  if (giveBack !== undefined) held.get(giveBack)?.release();
  if (rounds !== undefined) void takeAtRandom(rounds, seed);
}

async function hold(needs: Needs, as: string): Promise<void> {
  const granted = await slots.take(needs);
  if (granted === undefined) throw new Error('nobody aborted it');
  held.set(as, granted);
  say({ [as]: granted.gpus });
}

interface Line {
  readonly pid: number;
  readonly at: string;
  /** What it has from now on; absent where it is about to give it back. */
  readonly has?: { readonly cpus: number; readonly memory: number; readonly names: readonly string[] };
}

async function takeAtRandom(rounds: number, seed: number): Promise<void> {
  let state = seed;
  const upTo = (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % (most + 1);
  };
  const wrong: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const names = ['a', 'b'].filter(() => upTo(2) === 0);
    const needs = { cpus: 1 + upTo(2), memoryBytes: upTo(3), gpus: upTo(capacity.gpus.length), mutex: names };
    const granted = await slots.take(needs);
    if (granted === undefined) throw new Error('nobody aborted it');
    const at = `${process.pid}.${round}`;
    const has = {
      cpus: Math.min(needs.cpus, capacity.cpus),
      memory: needs.memoryBytes,
      names: [...names, ...granted.gpus],
    };
    write({ pid: process.pid, at, has });
    wrong.push(...tooMuch());
    await sleep(upTo(15));
    write({ pid: process.pid, at });
    granted.release();
  }
  say({ wrong });
}

function write(line: Line): void {
  appendFileSync(log, `${JSON.stringify(line)}\n`);
}

/** What those that live have taken, and have not begun to give back, is no more than there is. */
function tooMuch(): string[] {
  const using = new Map<string, Line>();
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
  for (const line of lines.map((text) => JSON.parse(text) as Line))
    if (line.has === undefined) using.delete(line.at);
    else using.set(line.at, line);
  const has = [...using.values()].filter(({ pid }) => isRunning(pid)).flatMap((line) => line.has ?? []);
  const names = has.flatMap((one) => one.names);
  const sum = (of: (one: (typeof has)[number]) => number) => has.reduce((all, one) => all + of(one), 0);
  return [
    ...(sum(({ cpus }) => cpus) > capacity.cpus ? ['cpus'] : []),
    ...(sum(({ memory }) => memory) > capacity.memoryBytes ? ['memory'] : []),
    ...names.filter((name, at) => names.indexOf(name) !== at),
  ];
}
