/** A project of two stages whose past runs are had again, and what `retrial reproduce` says of them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigHash } from '../../src/hash.ts';
import { attemptLock, writeAttemptLock } from '../../src/store/attempts.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { type Rig, rig } from './rig.ts';

/** `model` has bytes and `score` a metric; how each comes about is the test's to say. */
export function project(model: string, score: string, more: Readonly<Record<string, string>> = {}): Rig {
  return rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  model: { cmd: "sh model.sh > \${outs.model}", code: [model.sh], params: [seed], outs: { model: model.txt } }
  score:
    cmd: sh score.sh > \${outs.scores}
    deps: { model: "\${model.model}" }
    code: [score.sh]
    metrics: { scores: { path: scores.json, goal: maximize } }
`,
    'params.yaml': 'seed: 1\n',
    'model.sh': `${model}\n`,
    'score.sh': `${score}\n`,
    ...more,
  });
}

export const fixed = { model: 'echo the same', score: `echo '{"value": 1}'` };
export const random = {
  model: 'cat /proc/sys/kernel/random/uuid',
  score: `echo '{"value": 0.'$(date +%s%N)'}'`,
};

export interface ReproductionJson {
  readonly configHash: string;
  readonly attempt: number;
  readonly verdict: string;
  readonly code: string;
  readonly tolerance: number;
  readonly firstDifference?: string;
  readonly stages: readonly {
    readonly name: string;
    readonly state: string;
    readonly identical: boolean;
    readonly equalMetrics: boolean;
    readonly sameInputs: boolean;
    readonly metrics: readonly { readonly name: string; readonly recorded: unknown; readonly reproduced: unknown }[];
  }[];
  readonly drift: readonly {
    readonly stage?: string;
    readonly kind: string;
    readonly change: { readonly field: string };
    readonly message?: string;
  }[];
  readonly kept?: string;
}

export async function reproduced(on: Rig, hash: string, ...options: string[]) {
  const { exitCode, stdout, stderr } = await on.retrial('reproduce', hash, '--json', ...options);
  if (stdout === '') throw new Error(`no JSON on stdout:\n${stderr}`);
  return { exitCode, json: JSON.parse(stdout) as ReproductionJson };
}

/** `model code.model.sh`, `environment.threads` */
export function driftFields(json: ReproductionJson): string[] {
  return json.drift.map(({ stage, change }) => [...(stage === undefined ? [] : [stage]), change.field].join(' '));
}

/** Lets the first attempt's lock vouch for its files as they are now: as if they had been so. */
export async function recordAgain(on: Rig, configHash: string): Promise<void> {
  const layout = layoutOf(on.path('runs'));
  const lock = await attemptLock(layout, { configHash: configHash as ConfigHash, attempt: 1 });
  if (lock !== undefined) await writeAttemptLock(layout, lock);
}

/** What `retrial show` knows of reproductions of the run. */
export async function onRecord(on: Rig, hash: string): Promise<unknown> {
  const { stdout } = await on.retrial('show', hash, '--json');
  return (JSON.parse(stdout) as { reproduced: unknown }).reproduced;
}

/** Folders of reproductions that were kept. */
export function kept(on: Rig): string[] {
  const folder = on.path('runs/reproductions');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
