import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import type { RetrialEvent } from '../../src/events.ts';
import type { FingerprintHash } from '../../src/hash.ts';
import { consoleSink } from '../../src/logging/console.ts';
import { liveLines } from '../../src/logging/live-lines.ts';
import { finishedLine, runningLine } from '../../src/logging/stage-lines.ts';
import { configHashOf, runEvents } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const id = { configHash: configHashOf({}), attempt: 1 };
const plain = new Chalk({ level: 0 });
const fingerprint = 'f'.repeat(64) as FingerprintHash;

/** A stream that keeps what is written. */
function paper(isTTY = false) {
  let text = '';
  return {
    isTTY,
    columns: 60,
    rows: 24,
    write: (part: string) => {
      text += part;
    },
    text: () => text,
  };
}

function drawn(events: readonly RetrialEvent[], options: Partial<Parameters<typeof consoleSink>[0]> = {}): string {
  const stream = paper();
  const sink = consoleSink({ stream, ...options });
  for (const event of events) sink(event);
  sink.close();
  return stream.text();
}

describe('where nobody looks, plain lines', () => {
  test('a whole run', () => {
    const lines = drawn(runEvents(temporaryLayout(), {})).split('\n');
    expect(lines[0]).toMatch(/^run [0-9a-f]{12}@1$/);
    expect(lines.slice(1).join('\n')).toMatchInlineSnapshot(`
      "▸ download    started
      ✓ download    cached  made before in 3.4 s
      ▸ preprocess  started
      ✓ preprocess  ran 1.2 s
      ▸ train       started
      ✓ train       ran 1.2 s  g_loss 0.7000  d_accuracy 0.5000
      ▸ evaluate    started
      ✓ evaluate    ran 1.2 s  ndcg@10 0.2500  precision@5 0.1250  loss 1.500
      "
    `);
  });

  test('a failure with the end of its log and where that lies', () => {
    const layout = temporaryLayout();
    const events = runEvents(layout, { failure: { kind: 'exit', code: 1 } });
    const log = layout.run(id.configHash).attempt(1).log('train');
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(log, `${Array.from({ length: 50 }, (_, i) => `line ${i}`).join('\n')}\n\x1b[31m\tred\x1b[0m\n`);
    const text = drawn(events, { layout });
    expect(text).toContain('✗ train       failed: exited with code 1, after 1.2 s\n  │ line 41\n');
    expect(text).toContain('  │   red\n  log: ');
    expect(text).not.toContain('line 40');
  });

  test('fresh stages are told before any run begins', () => {
    expect(drawn([{ type: 'stage-finished', at: 1, id, stage: 'train', outcome: 'fresh', durationMs: 1 }])).toBe(
      '· train       fresh\n',
    );
  });

  test('a wait for another process is told at once, points only now and then', () => {
    const owner = { host: 'here', bootId: '', pidNamespace: '', pid: 7, pidStart: '' };
    const point = (step: number): RetrialEvent => ({
      type: 'stage-point',
      id,
      stage: 'train',
      step,
      values: { loss: 1 },
    });
    const text = drawn([{ type: 'stage-waiting', id, stage: 'train', owner }, point(1), point(2)]);
    expect(text).toBe('  train       0 ms  waits for process 7 on here, which computes it\n');
  });

  test('that the other one is stopped is told once, and again when it was going on', () => {
    const owner = { host: 'here', bootId: '', pidNamespace: '', pid: 7, pidStart: '', since: Date.now() - 300_000 };
    const waits = (stopped: boolean) =>
      ({ type: 'stage-waiting', id, stage: 'train', owner: { ...owner, stopped } }) as const;
    expect(drawn([false, true, true, false, true].map(waits))).toMatchInlineSnapshot(`
      "  train       0 ms  waits for process 7 on here, which began it 5 min ago
      ! train       waits for process 7, which is stopped: kill -CONT 7 lets it go on, kill -KILL 7 ends it
      ! train       waits for process 7, which is stopped: kill -CONT 7 lets it go on, kill -KILL 7 ends it
      "
    `);
  });
});

describe('on a terminal', () => {
  test('live lines are drawn over, cut to the width, and gone in the end', async () => {
    const stream = paper(true);
    const sink = consoleSink({ stream, color: false });
    sink({ type: 'stage-started', at: 1, id, stage: 'train', fingerprint, retry: 0 });
    sink({
      type: 'stage-point',
      id,
      stage: 'train',
      step: 3,
      values: { g_loss: 0.7, d_loss: 1.4, d_accuracy: 0.5, more: 1 },
    });
    while (!stream.text().includes('step 3')) await new Promise((resolve) => setTimeout(resolve, 10));
    const live = stripVTControlCharacters(stream.text()).split('\n').at(-2) ?? '';
    expect(live).toMatch(/^⠋ train .* step 3 {2}g_loss 0\.7/u);
    expect(live.length).toBeLessThan(60);
    sink({ type: 'stage-finished', at: 2, id, stage: 'train', outcome: 'ran', durationMs: 5 });
    sink.close();
    expect(stream.text().endsWith('\x1b[1A\r\x1b[J')).toBe(true);
    expect(stripVTControlCharacters(stream.text())).toContain('✓ train       ran 5 ms\n');
  });

  test('kept lines go above live ones', () => {
    const stream = paper(true);
    const lines = liveLines(stream, true);
    lines.draw(['a', 'b']);
    lines.print(['kept']);
    lines.draw(['a', 'b']);
    expect(stream.text()).toBe('a\nb\n\x1b[2A\r\x1b[Jkept\na\nb\n');
  });
});

describe('one stage', () => {
  test('progress with a bar and an estimate from its pace', () => {
    const running = {
      ...{ stage: 'download', sinceMs: 0, firstProgress: { done: 1, atMs: 1000 } },
      progress: { done: 4, total: 16, unit: 'MB' },
    };
    expect(runningLine(running, 8, 4000, plain)).toBe(
      'download  4.0 s  ████░░░░░░░░░░░░  25 %  4/16 MB  about 12.0 s left',
    );
    expect(runningLine({ ...running, progress: { done: 2.25 } }, 8, 4000, plain)).toBe('download  4.0 s  2.3');
  });

  test.each([
    ['cached', { executionMs: 3400 }, '✓ train  cached  made before in 3.4 s'],
    ['pruned', {}, '◦ train  pruned after 10 ms'],
    ['cancelled', { failure: { kind: 'dependency-failed', stage: 'a' } }, '- train  did not run, as a has no result'],
    ['ran', { series: { g: { value: 'NaN', step: 3 } } }, '✓ train  ran 10 ms  g NaN'],
  ] as const)('%s', (outcome, rest, line) => {
    const event = { type: 'stage-finished', at: 1, id, stage: 'train', durationMs: 10, outcome, ...rest } as const;
    expect(finishedLine(event, 5, plain)).toBe(line);
  });
});
