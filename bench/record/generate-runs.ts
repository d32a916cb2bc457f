/** Recorded runs in any number, as the engine leaves them: journals by its own writer, series as files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JournalEvent } from '../../src/events.ts';
import { type ConfigHash, type FingerprintHash, hashJson, sha256 } from '../../src/hash.ts';
import { openJournal } from '../../src/record/journal.ts';
import type { Layout } from '../../src/store/layout.ts';
import { currentProcess } from '../../src/store/process-identity.ts';

export interface Generated {
  readonly runs: number;
  /** Of the one series of each run; 0: no file. */
  readonly points: number;
}

/** One study of as many trials as runs; 12 params, 4 stages, 10 metrics and a series each. */
export function generateRuns(layout: Layout, { runs, points }: Generated): void {
  const journal = openJournal(layout.journals);
  for (let run = 0; run < runs; run++) for (const event of eventsOf(layout, run, points)) journal.append(event);
  journal.close();
}

export function paramsOf(run: number) {
  const loss = run % 2 === 0 ? 'vanilla' : 'wgan';
  const [size, rate] = [8 * (1 + (run % 7)), 1e-5 * (1 + run)];
  const model = { name: 'cfgan', loss, size, rate, layers: [64, 64], dropout: 0.5, l2: 1e-4 };
  return { data: { source: 'synthetic', seed: 1 }, model, evaluate: { cutoff: 10 }, seed: run, batch: 64 };
}

/** Nine metrics of a file. */
export function metricsOf(run: number): Record<string, number> {
  const value = (at: number) => Math.abs(Math.sin(run * 12.9898 + at * 78.233)) % 1;
  return Object.fromEntries(
    ['ndcg@5', 'ndcg@10', 'ndcg@20', 'mrr', 'map', 'auc', 'mse', 'mae', 'cost'].map((name, at) => [name, value(at)]),
  );
}

function eventsOf(layout: Layout, run: number, points: number): JournalEvent[] {
  const params = paramsOf(run);
  const id = { configHash: hashJson(params) as string as ConfigHash, attempt: 1 };
  const at = 1_700_000_000_000 + run * 1000;
  const stages = Object.fromEntries(
    ['data', 'split', 'train', 'evaluate'].map((stage, n, all) => [
      stage,
      { params: ['model'], deps: all.slice(Math.max(0, n - 1), n) },
    ]),
  );
  const finished = Object.keys(stages).map((stage): JournalEvent => {
    const fingerprint = sha256(`${stage}${run}`) as string as FingerprintHash;
    if (stage === 'train' && points > 0) writeSeries(layout.stage(fingerprint).series, points);
    const outputs = { out: { path: `${stage}.json`, kind: 'file', hash: sha256(stage), size: 1234 } } as const;
    const scores = {
      values: metricsOf(run),
      goal: { '*': 'maximize' },
      comparable: { truth: sha256('t') },
      holdout: false,
    } as const;
    return {
      ...{
        type: 'stage-finished',
        at,
        id,
        stage,
        outcome: 'ran',
        fingerprint,
        durationMs: 1200,
        executionMs: 1200,
        outputs,
      },
      ...(stage === 'evaluate' ? { metrics: { scores } } : {}),
      ...(stage === 'train' ? { series: { loss: { value: 0.5, step: points } } } : {}),
    };
  });
  return [
    { type: 'run-started', at, id, params, stages, targets: [], by: currentProcess(), tags: [] },
    ...finished,
    { type: 'run-finished', at: at + 5, id, status: 'complete', durationMs: 5 },
  ];
}

function writeSeries(file: string, points: number): void {
  mkdirSync(dirname(file), { recursive: true });
  let text = '';
  for (let step = 1; step <= points; step++) text += `{"step":${step},"loss":${1 / step}}\n`;
  writeFileSync(file, text);
}
