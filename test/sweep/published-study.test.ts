/** docs/study/finals.jsonl: the final runs of sweeps/study.yaml, whose configs are still those of today's pipeline. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FinalRun, readFinals, records } from '../../bench/published-study/finals.ts';
import { loadPipeline } from '../../src/pipeline/load.ts';
import type { JsonValue } from '../../src/pipeline/types.ts';
import { configHashOf } from '../../src/plan/config-hash.ts';

const root = join(import.meta.dirname, '..', '..');

describe.each(Object.entries(records))('%s', (_study, file) => {
  const runs = readFinals(join(root, file));
  const arms = [...new Set(runs.map(({ arm }) => arm))].map((name) => runs.filter(({ arm }) => arm === name));

  test('each arm has its five seeds, once', () => {
    expect(arms).toHaveLength(19);
    for (const of of arms) expect(of.map(({ set }) => set.seed).sort()).toEqual([101, 102, 103, 104, 105]);
  });

  test('nothing was held back to choose by', () => {
    for (const { set } of runs) expect(set).toMatchObject({ 'split.validation': 0, 'model.keep': 'last' });
  });

  test('the config hashes are those that the pipeline of today gives these params', async () => {
    for (const run of arms.flatMap(([first]) => first ?? [])) expect(await hashOf(run)).toBe(run.config);
  });
});

async function hashOf({ files, set }: FinalRun): Promise<string> {
  const pipeline = await loadPipeline({
    file: join(root, 'pipeline.yaml'),
    overlays: files.map((file) => join(root, file)),
    values: set as Record<string, JsonValue>,
  });
  return configHashOf(pipeline);
}
