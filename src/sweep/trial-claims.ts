/** Where the claims of a study's trials lie, and which trials were ever claimed: a thousand of them are told by one listing. */
import { dirname } from 'node:path';
import type { Layout } from '../store/layout.ts';
import { namesIn } from '../store/listing.ts';

export interface TrialClaims {
  /** The claims of a trial; another folder each time that it was opened again. */
  folder(trial: number, reopened: number): string;
  /** Trials that lie where this one does and were claimed, whoever has or had them. */
  claimedBeside(trial: number): Promise<ReadonlySet<number>>;
  /** Whether two lie in one folder. */
  areBeside(a: number, b: number): boolean;
}

/** A study that was begun with all trials in one folder goes on so. */
export async function trialClaims(study: ReturnType<Layout['study']>): Promise<TrialClaims> {
  const isFlat = (await namesIn(study.trials)).some((name) => /^\d{6,}(\.\d+)?$/.test(name));
  const first = isFlat ? study.flatTrial : study.trial;
  return {
    folder: (trial, reopened) => (reopened === 0 ? first(trial) : `${first(trial)}.${reopened}`),
    claimedBeside: async (trial) => new Set((await namesIn(dirname(first(trial)))).map(numberIn)),
    areBeside: (a, b) => dirname(first(a)) === dirname(first(b)),
  };
}

function numberIn(name: string): number {
  return Number.parseInt(name, 10);
}
