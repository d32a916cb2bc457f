import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CurveOf, type PrunerSpec, prunerOf } from '../../src/sweep/pruner.ts';
import { rungsOf } from '../../src/sweep/pruners/asha.ts';
import { bracketAt, bracketsOf } from '../../src/sweep/pruners/hyperband.ts';
import { curves, type Field, fieldsOf, flat } from './curves.ts';

const halving = { minStep: 2, maxStep: 18, reduction: 3 };

describe('asha', () => {
  const spec: PrunerSpec = { type: 'asha', minStep: 1, maxStep: 27, reduction: 3 };
  const ends = async (trial: CurveOf, others: readonly CurveOf[]) =>
    (await prunerOf(spec)).shouldPrune(trial, others) !== undefined;

  test.each([
    [{ minStep: 1, maxStep: 27, reduction: 3 }, [1, 3, 9]],
    [{ minStep: 1, maxStep: 28, reduction: 3 }, [1, 3, 9, 27]],
    [{ minStep: 5, maxStep: 1000, reduction: 10 }, [5, 50, 500]],
    [{ minStep: 2, maxStep: 14, reduction: 2.5 }, [2, 5, 12.5]],
    [{ minStep: 9, maxStep: 9, reduction: 2 }, []],
  ])('rungs of %j', (settings, rungs) => {
    expect(rungsOf(settings)).toEqual(rungs);
  });

  test('settings that make no rungs are refused', () => {
    expect(() => rungsOf({ minStep: 0, maxStep: 9, reduction: 3 })).toThrow(RangeError);
    expect(() => rungsOf({ minStep: 1, maxStep: 9, reduction: 1 })).toThrow(RangeError);
  });

  test('while fewer than `reduction` have got to a rung, the best so far goes on', async () => {
    expect(await ends(flat(0, 5, 1, 'running'), [])).toBe(false);
    expect(await ends(flat(1, 6, 1, 'running'), [flat(0, 5, 1)])).toBe(true);
    expect(await ends(flat(1, 4, 1, 'running'), [flat(0, 5, 1)])).toBe(false);
  });

  test('the reason names the rung, the place, and what would have done', async () => {
    const others = [1, 2, 3, 4, 5, 6, 7].map((value) => flat(value, value, 3));
    expect((await prunerOf(spec)).shouldPrune(flat(9, 4.5, 3, 'running'), others)).toBe(
      'at step 3 it was number 5 of the 8 trials that reached rung 3, with 4.500; the best 2 go on, with 2 or better',
    );
  });

  test('between rungs nobody is judged, and at maxStep neither', async () => {
    const good = Array.from({ length: 9 }, (_, number) => flat(number, 0, 27));
    const ended = await Promise.all(Array.from({ length: 27 }, (_, at) => ends(flat(9, 1, at + 1, 'running'), good)));
    expect(ended.flatMap((end, at) => (end ? [at + 1] : []))).toEqual([1, 3, 9]);
  });

  test('a value that is not finite ends at a rung, even alone, and beats nobody', async () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      expect(await ends(flat(0, value, 1, 'running'), [])).toBe(true);
      expect(await ends(flat(0, 7, 1, 'running'), [flat(1, value, 1)])).toBe(false);
    }
  });

  test('equals the definition, rung by rung, where steps differ', async () => {
    const pruner = await prunerOf({ type: 'asha', ...halving });
    fc.assert(
      fc.property(fieldsOf(curves), (field) => {
        expect(pruner.shouldPrune(field.trial, field.others) !== undefined).toBe(endsByDefinition(field, [2, 6], 3));
      }),
      { numRuns: 1000 },
    );
  });

  test('run one after the other, about 1 / reduction of the trials of each rung get to the next', async () => {
    const pruner = await prunerOf(spec);
    const done: CurveOf[] = [];
    for (let number = 0; number < 270; number++) {
      const quality = (number * 101) % 270;
      let steps = 1;
      while (steps < 27 && pruner.shouldPrune(flat(number, quality, steps, 'running'), done) === undefined) steps++;
      done.push(flat(number, quality, steps, steps === 27 ? 'complete' : 'pruned'));
    }
    const reached = [1, 3, 9, 27].map((rung) => done.filter(({ curve }) => curve.length >= rung).length);
    for (const [at, count] of reached.slice(1).entries()) {
      expect(count / (reached[at] as number)).toBeGreaterThan(0.25);
      expect(count / (reached[at] as number)).toBeLessThan(0.6);
    }
    expect(done.find(({ curve }) => curve[0]?.value === 0)?.state).toBe('complete');
  });
});

/** Of a rung: all that ever stood on it or beyond, each with its first value there; sorted; the first third. */
function endsByDefinition({ trial, others }: Field, rungs: readonly number[], reduction: number): boolean {
  const worst = (value: number) => (Number.isFinite(value) ? value : Number.MAX_VALUE);
  const firstAt = ({ curve }: CurveOf, rung: number) => curve.find(({ step }) => step >= rung);
  return rungs.some((rung) => {
    const own = firstAt(trial, rung);
    if (own === undefined || own !== trial.curve.at(-1)) return false;
    if (!Number.isFinite(own.value)) return true;
    const all = [trial, ...others].flatMap((each) => firstAt(each, rung) ?? []).map(({ value }) => worst(value));
    const promoted = all.sort((a, b) => a - b).slice(0, Math.max(1, Math.floor(all.length / reduction)));
    return !promoted.includes(own.value);
  });
}

describe('hyperband', () => {
  const settings = { minStep: 1, maxStep: 81, reduction: 3 };

  test("brackets begin later and later; shares are those of the paper's Algorithm 1", () => {
    const brackets = bracketsOf(settings);
    expect(brackets.map((bracket) => bracket.settings.minStep)).toEqual([1, 3, 9, 27, 81]);
    expect(brackets.map(({ share }) => share)).toEqual([81, 34, 15, 8, 5]);
    expect(bracketsOf({ minStep: 1, maxStep: 1000, reduction: 10 })).toHaveLength(4); // log10(1000) is 2.9999999999999996
    expect(bracketsOf({ minStep: 4, maxStep: 7, reduction: 2 })).toHaveLength(1);
  });

  test('each bracket gets its share of the trials', () => {
    const brackets = bracketsOf(settings);
    const total = brackets.reduce((sum, { share }) => sum + share, 0);
    const trials = 20_000;
    const counts = brackets.map(() => 0);
    for (let trial = 0; trial < trials; trial++) {
      const at = bracketAt(brackets, trial);
      counts[at] = (counts[at] as number) + 1;
    }
    // five standard deviations
    for (const [at, { share }] of brackets.entries())
      expect(Math.abs((counts[at] as number) - (trials * share) / total)).toBeLessThan(5 * Math.sqrt(trials / 4));
  });

  test('is ASHA among the trials of the same bracket, with its own first rung', async () => {
    const pruner = await prunerOf({ type: 'hyperband', ...halving });
    const brackets = bracketsOf(halving);
    const property = fc.property(fieldsOf(curves), ({ trial, others }) => {
      const own = bracketAt(brackets, trial.number);
      const rivals = others.filter(({ number }) => bracketAt(brackets, number) === own);
      const rungs = [2, 6].slice(own);
      const reason = pruner.shouldPrune(trial, others);
      expect(reason !== undefined).toBe(endsByDefinition({ trial, others: rivals }, rungs, 3));
      if (reason !== undefined) expect(reason).toMatch(`in bracket ${own + 1} of 3, at step`);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
