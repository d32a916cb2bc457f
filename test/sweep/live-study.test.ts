/** How a study stands while it runs. */
import { describe, expect, test } from 'vitest';
import { liveStudy } from '../../src/sweep/live-study.ts';
import { spark } from '../../src/sweep/spark.ts';
import { asked, phase, prunedAt, reported, specOf, stateOf, told } from './study-fixture.ts';

describe('the live view', () => {
  test('counts, the best, and what each running trial is at; nothing of trials that count no more', () => {
    let nowMs = 0;
    const live = liveStudy(specOf({ budget: { trials: 6 } }), () => nowMs);
    const id = { configHash: 'a'.repeat(64) as never, attempt: 1 };
    live.lines(stateOf(phase(0, 0), asked(0)));
    live.event({ type: 'run-started', id, study: { name: 's', trial: 4 } } as never);
    live.event({ type: 'stage-finished', id, outcome: 'cached' } as never);
    live.event({ type: 'stage-finished', id, outcome: 'ran' } as never);
    live.event({ type: 'stage-started', id, stage: 'train' } as never);
    live.event({ type: 'stage-point', id, stage: 'train', step: 3, values: { loss: 0.25 } });
    nowMs = 10_000;
    const trials = [asked(0), told(0, [3]), asked(1), told(1, [5]), asked(2), prunedAt(2, 1, 9), asked(3), told(3)];
    const running = [asked(4), reported(4, 1, 3), reported(4, 2, 2), reported(4, 3, 1), asked(5, { x: 1000 })];
    expect(live.lines(stateOf(phase(0, 0), ...trials, ...running, phase(1, 6)))).toEqual([
      '4 of 6 trials · 1 running · 1 pruned · 1 failed · 1 of 2 stages from the cache · 10.0 s · about 5.0 s left',
      'best score.value 5  trial 1  x=1',
      '  trial 4  train  step 3  loss 0.2500  █▅▁',
    ]);
  });

  test('runs of trials that are told: replicates of a race, and final ones; none that its worker left', () => {
    const live = liveStudy(specOf({ budget: { trials: 1 } }), () => 0);
    const started = (digit: string) => {
      const id = { configHash: digit.repeat(64) as never, attempt: 1 };
      live.event({ type: 'run-started', id, study: { name: 's', trial: 0 } } as never);
      return id;
    };
    started('a');
    live.lines(stateOf(phase(0, 0), asked(0)));
    const id = started('b');
    live.event({ type: 'stage-started', id, stage: 'train' } as never);
    const state = stateOf(phase(0, 0), asked(0), told(0, [3]));
    expect(live.lines(state)).toEqual([
      '1 of 1 trials · 0 running · 1 further run · 0 ms',
      'best score.value 3  trial 0  x=0',
      '  trial 0, further run  train',
    ]);
    live.event({ type: 'run-finished', id } as never);
    expect(live.lines(state)).toHaveLength(2);
  });

  test.each([
    [[1, 2, 3], '▁▅█'],
    [[1, 1], '▅▅'],
    [[Number.NaN, 1, Infinity, 2], ' ▁ █'],
    [[], ''],
  ])('a spark of %j', (values, text) => {
    expect(spark(values)).toBe(text);
  });
});
