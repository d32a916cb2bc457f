/** Runs and studies as the engine leaves them: journals by the real writer, series and logs as real files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Failure } from '../../src/errors.ts';
import type {
  AttemptId,
  JournalEvent,
  MetricsRecord,
  PlannedStage,
  ProcessIdentity,
  RunStatus,
  StageFinished,
} from '../../src/events.ts';
import { type ConfigHash, type FingerprintHash, hashJson, sha256 } from '../../src/hash.ts';
import type { JsonValue, ParamTree } from '../../src/pipeline/types.ts';
import { type JournalWriter, openJournal } from '../../src/record/journal.ts';
import type { Layout } from '../../src/store/layout.ts';
import { currentProcess } from '../../src/store/process-identity.ts';

export interface RunSpec {
  readonly params?: ParamTree;
  readonly attempt?: number;
  readonly at?: number;
  readonly by?: ProcessIdentity;
  readonly tags?: readonly string[];
  readonly note?: string;
  readonly study?: { readonly name: string; readonly trial: number };
  /** ndcg@10 of validate and evaluate. */
  readonly score?: number | 'NaN';
  /** Part of `evaluate.comparable`. */
  readonly protocol?: string;
  /** Where it ends: `train` fails with it. */
  readonly failure?: Failure;
  /** The writer dies in train: no more events. */
  readonly killed?: boolean;
  readonly steps?: number;
}

const baseParams = {
  data: { source: 'synthetic', seed: 1 },
  model: { name: 'cfgan', loss: 'vanilla', latent_dim: 8, learning_rate: 0.0001 },
  seed: 1,
};
const plan: Readonly<Record<string, PlannedStage>> = {
  download: { params: ['data'], deps: [] },
  preprocess: { params: ['split'], deps: ['download'], desc: 'ids and splits' },
  train: {
    params: ['model', 'seed'],
    deps: ['preprocess'],
    series: { d_accuracy: { summary: 'last', reference: { value: 0.5, label: 'guessing' } } },
  },
  evaluate: { params: ['evaluate'], deps: ['preprocess', 'train'] },
};

export function paramsOf(spec: RunSpec): ParamTree {
  const protocol = spec.protocol ?? 'masked';
  return { ...baseParams, ...spec.params, evaluate: { protocol, cutoffs: [5, 10, 20] } };
}

export const configHashOf = (spec: RunSpec) => hashJson(paramsOf(spec)) as string as ConfigHash;

/** All events of one run, in order, with the files it leaves. */
export function runEvents(layout: Layout, spec: RunSpec): JournalEvent[] {
  const params = paramsOf(spec);
  const at = spec.at ?? 1_700_000_000_000;
  const id = { configHash: configHashOf(spec), attempt: spec.attempt ?? 1 };
  const events: JournalEvent[] = [
    {
      ...{ type: 'run-started', at, id, params, stages: plan, targets: ['evaluate'] },
      ...{ by: spec.by ?? currentProcess(), tags: spec.tags ?? [] },
      ...(spec.note === undefined ? {} : { note: spec.note }),
      ...(spec.study === undefined ? {} : { study: spec.study }),
    },
  ];
  const folder = layout.run(id.configHash).attempt(id.attempt);
  write(folder.environment, JSON.stringify({ node: process.version, cpus: 2 }));
  let clock = at;
  for (const stage of Object.keys(plan)) {
    const fingerprint = sha256(`${stage}${stage === 'download' ? '' : id.configHash}`) as string as FingerprintHash;
    events.push({ type: 'stage-started', at: ++clock, id, stage, fingerprint, retry: 0 });
    if (stage === 'train' && spec.killed) return events;
    const failure = stage === 'train' ? spec.failure : undefined;
    if (failure !== undefined) write(folder.log(stage), 'step 1\nError: out of memory\n');
    events.push({
      ...{ type: 'stage-finished', at: ++clock, id, stage, fingerprint, durationMs: 1200 },
      ...(failure === undefined
        ? { outcome: stage === 'download' ? 'cached' : 'ran', executionMs: 3400, ...resultOf(stage, spec) }
        : { outcome: 'failed', failure }),
    });
    if (stage === 'train' && failure === undefined)
      write(layout.stage(fingerprint).series, seriesText(spec.steps ?? 50));
    if (failure !== undefined) return [...events, finished(id, clock + 1, 'failed', at)];
  }
  return [...events, finished(id, clock + 1, 'complete', at)];
}

function finished(id: AttemptId, at: number, status: RunStatus, from: number): JournalEvent {
  return { type: 'run-finished', at, id, status, durationMs: at - from };
}

function resultOf(stage: string, spec: RunSpec): Pick<StageFinished, 'outputs' | 'metrics' | 'series'> {
  const outputs = { result: { path: `${stage}.json`, kind: 'file', hash: sha256(stage), size: 1234 } } as const;
  if (stage === 'train')
    return { outputs, series: { g_loss: { value: 0.7, step: 50 }, d_accuracy: { value: 0.5, step: 50 } } };
  return stage === 'evaluate' ? { outputs, metrics: { scores: scoresOf(spec) } } : { outputs };
}

function scoresOf(spec: RunSpec): MetricsRecord {
  const score = spec.score ?? 0.25;
  const comparable: Record<string, JsonValue> = {
    truth: sha256('u1.test'),
    'params.evaluate': paramsOf(spec).evaluate ?? null,
  };
  return {
    values: { 'ndcg@10': score, 'precision@5': 0.125, loss: 1.5 },
    goal: { loss: 'minimize', '*@*': 'maximize' },
    comparable,
    holdout: true,
  };
}

function seriesText(steps: number): string {
  let text = '{"progress":{"done":1,"total":2}}\n';
  for (let step = 1; step <= steps; step++)
    text += `{"step":${step},"g_loss":${step === 3 ? '"NaN"' : 1 / step},"d_accuracy":0.5}\n`;
  return text;
}

export function record(layout: Layout, ...specs: readonly RunSpec[]): ConfigHash[] {
  return recordEvents(
    openJournal(layout.journals),
    specs.map((spec) => runEvents(layout, spec)),
  );
}

function recordEvents(journal: JournalWriter, runs: readonly (readonly JournalEvent[])[]): ConfigHash[] {
  for (const event of runs.flat()) journal.append(event);
  journal.close();
  return runs.map(([first]) => (first as unknown as { id: { configHash: ConfigHash } }).id.configHash);
}

/** A grid of 12 trials over loss × latent_dim × learning_rate; trial 11 fails. */
export function recordStudy(layout: Layout, name = 'loss'): ConfigHash[] {
  const journal = openJournal(layout.study(name).journals);
  const at = 1_700_000_000_000;
  const spec = {
    name,
    metric: { name: 'evaluate.ndcg@10', goal: 'maximize' },
    question: 'Which loss?',
    split_by: 'model.loss',
    replicates: [{}],
    sampler: { type: 'grid' },
    pruner: { type: 'asha', metric: { stage: 'train', series: 'd_accuracy', goal: 'maximize' } },
  };
  journal.append({ type: 'study-started', at, study: name, spec });
  const hashes: ConfigHash[] = [];
  for (const [trial, point] of grid().entries()) {
    const failed = trial === 11;
    const score = 0.1 + trial / 100;
    const params = { model: { ...baseParams.model, ...point } };
    const by = currentProcess();
    journal.append({
      type: 'trial-asked',
      at: at + trial,
      study: name,
      trial,
      params: { 'model.loss': point.loss },
      by,
      restarts: 0,
    });
    const [hash] = record(layout, {
      ...{ params, score, study: { name, trial }, at: at + trial * 1000 },
      ...(failed ? { failure: { kind: 'exit', code: 1 } as const } : {}),
    });
    if (hash === undefined) throw new Error('no run was recorded');
    hashes.push(hash);
    const told = { type: 'trial-told', at: at + trial * 1000 + 10, study: name, trial, runs: [hash] } as const;
    journal.append(
      failed ? { ...told, state: 'failed', reason: 'train failed' } : { ...told, state: 'complete', value: score },
    );
  }
  journal.close();
  return hashes;
}

function grid() {
  const points = [];
  for (const loss of ['vanilla', 'wgan'])
    for (const latent_dim of [8, 16, 32])
      for (const learning_rate of [1e-4, 1e-3]) points.push({ loss, latent_dim, learning_rate });
  return points;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
