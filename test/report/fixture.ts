/** Comparisons as the record makes them, in every shape the page must draw. */
import { hashJson } from '../../src/hash.ts';
import type { JsonValue } from '../../src/pipeline/types.ts';
import type { ComparedRun, ComparedSeries, Comparison } from '../../src/report/comparison.ts';

const metric = 'validate.ndcg@10';

function curve(points: number, value: (step: number) => number): ComparedSeries {
  const steps = Array.from({ length: points }, (_, at) => at + 1);
  return { steps, values: steps.map(value), points: points * 2 };
}

export function runOf(
  trial: number,
  params: Readonly<Record<string, JsonValue>>,
  value: number | null,
  more: Partial<ComparedRun> = {},
): ComparedRun {
  return {
    configHash: hashJson({ trial, params }),
    attempt: 1,
    status: 'complete',
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 6_000 + trial * 137,
    ...{ tags: [], note: null, pinned: false, nondeterministic: [], trial, params },
    metrics: {
      [metric]: value === null ? { value: null, text: 'NaN', group: 'held-out' } : { value, group: 'held-out' },
      ...(trial < 7 ? { 'evaluate.ndcg@10': { value: (value ?? 0) * 0.9, group: 'held-out' } } : {}),
    },
    series: {},
    stages: [
      {
        name: 'train',
        desc: 'One model',
        deps: [],
        outcome: 'ran',
        fingerprint: hashJson(trial),
        nondeterministic: [],
        startedMs: 10,
        durationMs: 5_000,
        executionMs: 5_000,
        outputs: [{ name: 'model', path: 'model', hash: hashJson([trial]), size: 123_456 }],
        failure: null,
        logTail: null,
      },
      {
        name: 'validate',
        desc: null,
        deps: ['train'],
        outcome: 'cached',
        fingerprint: hashJson([trial, 1]),
        nondeterministic: [],
        startedMs: 5_020,
        durationMs: 3,
        executionMs: 900,
        outputs: [],
        failure: null,
        logTail: null,
      },
    ],
    olderCode: [],
    environment: { node: '20.17.0', platform: 'linux', git: { commit: 'abc', dirty: false } },
    reproduce: [`npx retrial reproduce ${hashJson({ trial, params }).slice(0, 12)}`],
    reproduced: null,
    ...more,
  };
}

/** Twelve settings of a GAN with curves, two baselines, one that failed, one that diverged, one in another protocol. */
export function study(): Comparison {
  const gans = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((trial) => {
    const loss = trial % 2 === 0 ? 'vanilla' : 'wgan';
    const series = {
      'train.g_loss': curve(150, (step) => 1 + Math.sin(step / (5 + trial)) / 3 + trial / 20),
      ...(loss === 'vanilla' ? { 'train.d_accuracy': curve(150, (step) => 0.5 + Math.sin(step / 20) / 4) } : {}),
    };
    return runOf(
      trial,
      {
        ...{ 'model.name': 'cfgan', 'model.loss': loss, 'model.hidden': 32 * (1 + (trial % 3)) },
        'model.learning_rate': trial < 6 ? 0.0005 : 0.002,
      },
      0.1 + ((trial * 7) % 12) / 100,
      { series },
    );
  });
  const failed = runOf(14, { 'model.name': 'cfgan', 'model.loss': 'wgan', 'model.hidden': 512 }, 0, {
    status: 'failed',
    metrics: {},
    stages: [
      {
        name: 'train',
        desc: null,
        deps: [],
        outcome: 'failed',
        fingerprint: null,
        nondeterministic: [],
        startedMs: 5,
        durationMs: 10,
        executionMs: null,
        outputs: [],
        failure: 'exited with code 1',
        logTail: 'out of memory\nat step 3',
      },
    ],
  });
  const leaked = runOf(16, { 'model.name': 'cfgan', 'model.loss': 'vanilla', 'model.hidden': 64 }, 0.9, {
    metrics: { [metric]: { value: 0.9, group: 'leaked' } },
  });
  const runs = [
    ...gans,
    runOf(12, { 'model.name': 'popularity' }, 0.12),
    runOf(13, { 'model.name': 'random' }, 0.01),
    failed,
    runOf(15, { 'model.name': 'cfgan', 'model.loss': 'wgan', 'model.hidden': 1024 }, null),
    leaked,
  ];
  return comparison(runs, {
    title: 'Study loss',
    study: {
      name: 'loss',
      metric: { name: metric, goal: 'maximize' },
      states: { complete: 15, failed: 2 },
      sampler: 'grid',
      replicates: [],
      arms: [],
      pruned: 'train.d_accuracy',
    },
    groups: {
      'held-out': { label: 'evaluate.protocol = held-out', components: {} },
      leaked: { label: 'evaluate.protocol = leaked', components: {} },
    },
    splitBy: 'model.loss',
    holdout: [{ metric: 'evaluate.ndcg@10', group: 'held-out', configs: 7 }],
  });
}

export function comparison(runs: readonly ComparedRun[], more: Partial<Comparison> = {}): Comparison {
  return {
    format: 1,
    title: 'Runs',
    generatedAt: '2026-01-02T03:05:00.000Z',
    runs,
    metrics: {
      [metric]: { stage: 'validate', goal: 'maximize', holdout: false },
      'evaluate.ndcg@10': { stage: 'evaluate', goal: 'maximize', holdout: true },
    },
    series: {
      'train.g_loss': { stage: 'train', desc: 'Loss of the generator' },
      'train.d_accuracy': { stage: 'train', desc: 'Share told right', reference: { value: 0.5, label: 'chance' } },
    },
    groups: { 'held-out': { label: '', components: {} } },
    rankBy: metric,
    holdout: [],
    ...more,
  };
}

/** Names and values that are markup, quotes, line separators or very long. */
export function hostile(): Comparison {
  const evil = '</script><script>window.pwned = 1</script><img src=x onerror="window.pwned = 1">';
  const params = (value: string) => ({
    [evil]: value,
    'a"b\'c': '\u2028\u2029\u0000',
    'model.long': 'x'.repeat(3_000),
    [`<!-- ${evil}`]: { nested: evil },
  });
  return comparison(
    [
      runOf(0, params(evil), 0.3, {
        note: evil,
        tags: [evil],
        series: { [`train.${evil}`]: curve(20, (step) => step) },
      }),
      runOf(1, params('b'), 0.2),
    ],
    {
      title: evil,
      groups: { 'held-out': { label: evil, components: {} } },
      series: { [`train.${evil}`]: { stage: 'train', desc: evil } },
    },
  );
}
