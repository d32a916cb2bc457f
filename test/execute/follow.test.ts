/** What a stage reports reaches its judge whole: each point once, the last one too. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { followSeries } from '../../src/execute/follow.ts';
import { judgeFile, stageJudge } from '../../src/execute/judged.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const lines = [1, 2, 3].map((step) => JSON.stringify({ step, loss: 1 / step }));

describe('a judge', () => {
  test.each([
    ['with', '\n'],
    ['without', ''],
  ])('reads the same of a running stage and of a known one, %s a newline at the end', async (_what, end) => {
    const path = join(temporaryFolder(), 'series.jsonl');
    const read = { running: [] as number[], known: [] as number[] };
    const judge =
      (steps: number[]) =>
      async (_stage: string, { step }: { readonly step: number }) => {
        steps.push(step);
        return undefined;
      };
    const id = { configHash: 'a'.repeat(64) as never, attempt: 1 };
    const stop = followSeries(path, id, 'train', () => undefined, stageJudge('train', judge(read.running)));
    writeFileSync(path, `${lines[0]}\n${lines[1]?.slice(0, 5)}`);
    appendFileSync(path, `${lines[1]?.slice(5)}\n${lines[2]}${end}`);
    await stop();
    await judgeFile('train', path, judge(read.known));
    expect(read).toEqual({ running: [1, 2, 3], known: [1, 2, 3] });
  });

  test('that has spoken reads no further, and ends the stage', async () => {
    const judge = stageJudge('train', async (_stage, { step }) =>
      step === 2 ? { kind: 'pruned', step, reason: 'enough' } : undefined,
    );
    await judge.read(lines.slice(0, 1));
    expect([judge.verdict(), judge.signal.aborted]).toEqual([undefined, false]);
    await judge.read(lines.slice(1));
    expect(judge.verdict()).toEqual({ kind: 'pruned', step: 2, reason: 'enough' });
    expect(judge.signal.aborted).toBe(true);
  });
});
