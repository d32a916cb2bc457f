/**
 * Slots shared by all processes that run stages of one project on one machine, through the folder of the results. Of each
 * resource there is a queue of its own, so that who waits for a GPU keeps nobody from the processors; all are taken in
 * one order, so that no two wait for each other.
 */
import type { Failure } from '../errors.ts';
import type { Layout } from '../store/layout.ts';
import { takeMutex } from '../store/mutex.ts';
import { machine } from '../store/owned-names.ts';
import { type Share, takeShare } from '../store/shares.ts';
import { type Capacity, capacityHere, checkGpus } from './capacity.ts';
import { type Granted, type Needs, type Slots, slots } from './slots.ts';

/** The ledger where a stage asks for what other processes may have; else slots of this run alone, which cost nothing. */
export function slotsFor(
  layout: Layout,
  stages: readonly { readonly resources: Needs }[],
  jobs: number | undefined,
): Slots {
  checkGpus(stages);
  const capacity = capacityHere(jobs);
  return stages.some(({ resources }) => isShared(resources)) ? ledger(layout, capacity) : slots(capacity.cpus);
}

function isShared({ memoryBytes, gpus = 0, mutex }: Needs): boolean {
  return memoryBytes !== undefined || gpus > 0 || mutex !== undefined;
}

export function ledger(layout: Layout, capacity: Capacity): Slots {
  return {
    lacking: (needs) => lacking(needs, capacity),
    take: (needs, signal) => takeAll(steps(layout, needs, capacity, signal)),
  };
}

/** What a queue gave to one job, it has to itself: only a mutex is still a matter of this folder. */
export function slotsOfJob(layout: Layout): Slots {
  const there = capacityHere(undefined);
  return {
    lacking: ({ cpus, gpus = 0 }) => lacking({ cpus, gpus }, there),
    take: async ({ mutex = [], gpus = 0 }, signal) => {
      const granted = await takeAll(mutex.map((name) => mutexStep(layout, name, signal)));
      return granted && { ...granted, gpus: gpus === 0 ? [] : there.gpus.slice(0, gpus) };
    },
  };
}

function lacking({ memoryBytes = 0, gpus = 0 }: Needs, there: Capacity): Failure | undefined {
  if (memoryBytes > there.memoryBytes)
    return { kind: 'resources', resource: 'memory', asked: memoryBytes, there: there.memoryBytes };
  if (gpus > 0 && gpus > there.gpus.length)
    return { kind: 'resources', resource: 'gpus', asked: gpus, there: there.gpus.length };
  return undefined;
}

type Step = () => Promise<Share | undefined>;

/** The scarcest first: what every stage needs is held by none that still waits for something else. */
function steps(layout: Layout, needs: Needs, there: Capacity, signal: AbortSignal | undefined): Step[] {
  const { cpus, memoryBytes = 0, gpus = 0, mutex = [] } = needs;
  const share = (what: string, amount: number, total: number, ids?: readonly string[]): Step[] => {
    const folder = layout.slotQueue(machine(), what);
    const named = ids === undefined ? {} : { ids };
    return amount === 0 ? [] : [() => takeShare({ folder, amount, total, ...named, signal })];
  };
  return [
    ...mutex.map((name) => mutexStep(layout, name, signal)), // sorted
    ...(gpus === 0 ? [] : share('gpus', gpus, there.gpus.length, there.gpus)),
    ...share('memory', memoryBytes, there.memoryBytes),
    ...share('cpus', Math.min(cpus, there.cpus), there.cpus),
  ];
}

function mutexStep(layout: Layout, name: string, signal: AbortSignal | undefined): Step {
  return () => takeMutex(layout, name, signal);
}

async function takeAll(all: readonly Step[]): Promise<Granted | undefined> {
  const shares: Share[] = [];
  const release = () => {
    for (const share of shares.splice(0).reverse()) share.end();
  };
  try {
    for (const step of all) {
      const share = await step();
      if (share === undefined) {
        release();
        return undefined;
      }
      shares.push(share);
    }
  } catch (error) {
    release();
    throw error;
  }
  return { gpus: shares.flatMap(({ ids }) => ids), release };
}
