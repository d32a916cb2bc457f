/** A record of many runs, as journals: what the engine writes of them, without the runs. */
import type { JournalEvent, PlannedStage } from '../../src/events.ts';
import { type ConfigHash, type FingerprintHash, hashJson, sha256 } from '../../src/hash.ts';
import type { ParamTree } from '../../src/pipeline/types.ts';
import { openJournal } from '../../src/record/journal.ts';
import type { Layout } from '../../src/store/layout.ts';
import { currentProcess } from '../../src/store/process-identity.ts';

export interface Sizes {
  readonly runs: number;
  readonly params: number;
  readonly metrics: number;
}

const plan: Readonly<Record<string, PlannedStage>> = {
  train: { params: ['model'], deps: [] },
  evaluate: { params: [], deps: ['train'] },
};

/** Every run of its own params; one in ten failed; metrics are of three groups of values that may be ranked together. */
export function recordMany(layout: Layout, { runs, ...sizes }: Sizes): void {
  const journal = openJournal(layout.journals);
  for (let i = 0; i < runs; i++) for (const event of eventsOf(i, sizes)) journal.append(event);
  journal.close();
}

function eventsOf(i: number, sizes: Omit<Sizes, 'runs'>): JournalEvent[] {
  const params = paramsOf(i, sizes.params);
  const id = { configHash: hashJson(params) as string as ConfigHash, attempt: 1 };
  const [at, failed] = [1_700_000_000_000 + i * 60_000, i % 10 === 9];
  const fingerprint = (stage: string) => sha256(`${stage} ${i}`) as string as FingerprintHash;
  const by = currentProcess();
  const tags = i % 100 === 0 ? ['paper'] : [];
  return [
    { type: 'run-started', at, id, params, stages: plan, targets: [], by, tags },
    {
      ...{ type: 'stage-finished', at: at + 1000, id, stage: 'train', fingerprint: fingerprint('train') },
      ...{ durationMs: 1000, executionMs: 1000, outcome: 'ran', outputs: {} },
    },
    failed
      ? {
          ...{ type: 'stage-finished', at: at + 2000, id, stage: 'evaluate', fingerprint: fingerprint('evaluate') },
          ...{ durationMs: 1000, outcome: 'failed', failure: { kind: 'exit', code: 1 } },
        }
      : {
          ...{ type: 'stage-finished', at: at + 2000, id, stage: 'evaluate', fingerprint: fingerprint('evaluate') },
          ...{ durationMs: 1000, executionMs: 1000, outcome: 'ran', outputs: {} },
          metrics: { scores: scoresOf(i, sizes.metrics) },
        },
    { type: 'run-finished', at: at + 2000, id, status: failed ? 'failed' : 'complete', durationMs: 2000 },
  ];
}

function paramsOf(i: number, count: number): ParamTree {
  const numbers = Array.from({ length: count - 2 }, (_, k) => [`p${k}`, ((i * (k + 1)) % 97) / 97]);
  return { model: { loss: ['vanilla', 'wgan', 'wgan-gp'][i % 3] ?? '', ...Object.fromEntries(numbers) }, seed: i };
}

function scoresOf(i: number, count: number) {
  const value = (k: number) => (Math.imul(i + 1, 2_654_435_761 + k) >>> 0) / 2 ** 32;
  return {
    values: Object.fromEntries(Array.from({ length: count }, (_, k) => [`ndcg@${k + 1}`, value(k)])),
    goal: { '*': 'maximize' } as const,
    comparable: { truth: sha256(`truth ${i % 3}`) },
    holdout: false,
  };
}
