/** A sweep file beside a small pipeline, read: what it says, or its mistakes as they are printed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { formatDiagnostics } from '../../src/logging/diagnostics.ts';
import { readSweep } from '../../src/sweep/read-sweep.ts';
import type { SweepSpec } from '../../src/sweep/spec.ts';

const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  data: { cmd: make, params: [rows], outs: { table: table.csv } }
  train:
    cmd: train
    params: [model, seed]
    outs: { model: model.bin }
    series: { loss: { goal: minimize }, rate: {} }
  validate:
    cmd: score
    deps: { model: "\${train.model}" }
    metrics: { scores: { path: scores.json, goal: maximize } }
`,
  'params.yaml': `model:
  loss: vanilla
  rate: 1.0e-3
  hidden: 128
  layers: [64, 64]
  sizes: {}
seed: 1
rows: 10
`,
  'wgan.yaml': 'model: { loss: wgan, rate: 5.0e-5 }\n',
  'wide.yaml': 'model: { hidden: 512 }\n',
};

export type Reading = (
  text: string,
  more?: { readonly overrides?: readonly string[]; readonly files?: Readonly<Record<string, string>> },
) => Promise<SweepSpec>;

/** Throws the {@link UserError}. */
export const reading: Reading = async (text, { overrides = [], files: others = {} } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-sweep-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries({ ...files, ...others, 'sweep.yaml': text }))
    writeFileSync(join(folder, name), content);
  try {
    return await readSweep(join(folder, 'sweep.yaml'), { pipelineFile: join(folder, 'pipeline.yaml'), overrides });
  } catch (error) {
    if (error instanceof UserError)
      throw Object.assign(error, { printed: formatDiagnostics(error.diagnostics, { color: false, cwd: folder }) });
    throw error;
  }
};

/** The mistakes as they are printed. */
export async function mistakesIn(...args: Parameters<Reading>): Promise<string> {
  try {
    await reading(...args);
  } catch (error) {
    if (error instanceof UserError) return (error as UserError & { readonly printed: string }).printed;
    throw error;
  }
  return 'no mistake';
}

/** A dimension for each line: `model.rate 0.1…0.9 step 0.1 log`. */
export function spaceText({ space }: SweepSpec): string[] {
  return space.map(({ name, distribution, when }) => {
    const on = Object.keys(when).length === 0 ? '' : ` when ${JSON.stringify(when)}`;
    if (distribution.kind === 'categorical') return `${name} ${JSON.stringify(distribution.values)}${on}`;
    const { kind, low, high, step, log } = distribution;
    return `${name} ${kind} ${low}…${high}${step === undefined ? '' : ` step ${step}`}${log ? ' log' : ''}${on}`;
  });
}
