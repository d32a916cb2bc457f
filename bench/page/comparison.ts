/** A comparison of thousands of runs, as a search over conditional params leaves it; the same for the same numbers. */
import { createHash } from 'node:crypto';
import type { JsonValue } from '../../src/pipeline/types.ts';
import type { ComparedRun, ComparedSeries, Comparison } from '../../src/report/comparison.ts';

export interface Size {
  readonly runs: number;
  readonly params: number;
  readonly metrics: number;
  /** Of each of two curves a run. */
  readonly points: number;
}

type Draw = () => number;

export function comparisonOf(size: Size): Comparison {
  const draw = drawsOf(1);
  const names = Array.from({ length: size.metrics }, (_, at) => `${at < 5 ? 'validate' : 'train'}.metric_${at}`);
  const [first = ''] = names;
  return {
    ...{ format: 1, title: `Study of ${size.runs}`, generatedAt: '2026-01-02T03:05:00.000Z' },
    study: {
      ...{ name: 'large', replicates: [], arms: [], sampler: 'tpe', states: { complete: size.runs } },
      metric: { name: first, goal: 'maximize' },
    },
    runs: Array.from({ length: size.runs }, (_, at) => runOf(at, size, names, draw)),
    metrics: Object.fromEntries(
      names.map((name, at) => [
        name,
        {
          stage: name.split('.')[0] ?? '',
          goal: at % 3 === 1 ? ('minimize' as const) : ('maximize' as const),
          holdout: false,
        },
      ]),
    ),
    series: { 'train.loss': { stage: 'train', desc: 'Training loss' }, 'train.val': { stage: 'train' } },
    groups: { validate: { label: '', components: {} }, train: { label: '', components: {} } },
    ...{ rankBy: first, holdout: [] },
  };
}

function runOf(trial: number, size: Size, names: readonly string[], draw: Draw): ComparedRun {
  const params = paramsOf(size.params, draw);
  const score = scoreOf(params, draw);
  const configHash = hashOf(`run ${trial}`);
  const isFailed = draw() < 0.02;
  const isPruned = !isFailed && draw() < 0.1;
  const group = (name: string) => name.split('.')[0] ?? '';
  return {
    ...{ configHash, attempt: 1, status: isFailed ? 'failed' : isPruned ? 'pruned' : 'complete' },
    startedAt: new Date(Date.UTC(2026, 0, 1) + trial * 30_000).toISOString(),
    durationMs: Math.round(20_000 + draw() * 60_000),
    ...{ tags: [], note: null, pinned: false, nondeterministic: [], trial, params },
    metrics:
      isFailed || isPruned
        ? {}
        : Object.fromEntries(
            names.map((name, at) => [name, { value: score / (1 + at / 4) + (at * draw()) / 20, group: group(name) }]),
          ),
    series: isFailed
      ? {}
      : { 'train.loss': curve(size.points, 1 - score, draw), 'train.val': curve(size.points, 1.1 - score, draw) },
    stages: [stageOf('train', [], trial), stageOf('validate', ['train'], trial)],
    environment: { node: '20.17.0', platform: 'linux', cpus: 8 },
    reproduce: [`npx retrial reproduce ${configHash.slice(0, 12)}`],
    ...{ reproduced: null, olderCode: [] },
  };
}

/** Numbers on log and linear scales, whole numbers, choices, and some that only one choice has. */
function paramsOf(count: number, draw: Draw): Record<string, JsonValue> {
  const loss = ['vanilla', 'wgan', 'hinge'][Math.floor(draw() * 3)] ?? '';
  const params: Record<string, JsonValue> = { 'model.loss': loss };
  for (let at = 1; at < count; at++) {
    const value = draw();
    if (at % 5 === 0) params[`model.layer.units_${at}`] = 8 * (1 + Math.floor(value * 32));
    else if (at % 5 === 1) params[`optimiser.rate_${at}`] = 10 ** (-5 + 4 * value);
    else if (at % 5 === 2)
      params[`model.activation_${at}`] = ['relu', 'tanh', 'gelu', 'silu'][Math.floor(value * 4)] ?? '';
    else if (at % 5 === 3 || loss === 'wgan') params[`model.weight_${at}`] = value;
  }
  return params;
}

function scoreOf(params: Readonly<Record<string, JsonValue>>, draw: Draw): number {
  const rate = Math.log10(Number(params['optimiser.rate_1'] ?? 1e-3));
  const bonus = params['model.loss'] === 'hinge' ? 0.1 : 0;
  return Math.max(0, 0.6 + bonus - 0.06 * (rate + 3) ** 2 + 0.2 * Number(params['model.weight_3'] ?? 0) + 0.1 * draw());
}

function curve(points: number, end: number, draw: Draw): ComparedSeries {
  const steps = Array.from({ length: points }, (_, at) => (at + 1) * 100);
  const values = steps.map((_, at) => end + Math.exp(-at / 8) + 0.05 * draw());
  return { steps, values: values.map((value) => Number(value.toPrecision(8))), points: points * 10 };
}

function stageOf(name: string, deps: readonly string[], trial: number): ComparedRun['stages'][number] {
  return {
    ...{ name, desc: null, deps, outcome: 'ran', fingerprint: hashOf(`${name} ${trial}`), nondeterministic: [] },
    ...{ startedMs: null, durationMs: 20_000, executionMs: 20_000, failure: null, logTail: null },
    outputs: [{ name: 'out', path: `${name}.json`, hash: hashOf(`out ${name} ${trial}`), size: 12_345 }],
  };
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** Mulberry32: [0, 1). */
function drawsOf(seed: number): Draw {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
