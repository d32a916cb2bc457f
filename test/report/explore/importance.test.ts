/** Importances beside Optuna's, and what they must be whatever is looked at. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paramColumn } from '../../../src/report/page/explore/columns.ts';
import { itemsOf } from '../../../src/report/page/explore/items.ts';
import { bestOf, pedAnova, sharesOf } from '../../../src/report/page/explore/ped-anova.ts';
import { varianceExplained } from '../../../src/report/page/explore/variance-explained.ts';
import { runOf } from '../fixture.ts';

/** The same in any language. */
function* uniform(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = Number((BigInt(state) * 1_103_515_245n + 12_345n) % 2_147_483_648n);
    yield state / 2_147_483_648;
  }
}

/** A search of a log scale, two of whole numbers, a choice, a param that does nothing, one that only some have. */
function search(count: number, seed: number) {
  const draws = uniform(seed);
  const next = () => draws.next().value;
  return Array.from({ length: count }, (_, trial) => {
    const lr = 10 ** (-5 + 4 * next());
    const [width, depth] = [8 + Math.floor(57 * next()), Math.floor(1 + 4 * next())];
    const loss = ['mse', 'mae', 'huber'][Math.floor(3 * next())] ?? '';
    const noise = next();
    const delta = loss === 'huber' ? 0.1 + next() : undefined;
    const value =
      (Math.log10(lr) + 3) ** 2 +
      (loss === 'mae' ? 0.5 : 0) +
      Math.abs(depth - 3) * 0.3 +
      width / 200 +
      (delta ?? 0.5) * 0.4;
    return runOf(trial, { lr, width, depth, loss, noise, ...(delta === undefined ? {} : { delta }) }, value);
  });
}

function importances(count: number, seed: number) {
  const runs = search(count, seed);
  const items = itemsOf({ runs });
  const best = bestOf(runs.map((run) => run.metrics['validate.ndcg@10']?.value ?? undefined));
  const names = ['lr', 'width', 'depth', 'loss', 'noise', 'delta'];
  return Object.fromEntries(names.map((name) => [name, pedAnova(paramColumn(items, name, name), best)]));
}

describe('PED-ANOVA', () => {
  // Optuna 5.0.0: get_param_importances(study, evaluator=PedAnovaImportanceEvaluator(), normalize=False), with ranges as tried.
  test.each([
    [
      ...[60, 1],
      {
        lr: 0.027299839926897055,
        depth: 0.011508131742662662,
        delta: 0.006192992862763012,
        noise: 0.0011361759586599937,
        loss: 0.0010715588039528154,
        width: 0.0010181756356041568,
      },
    ],
    [
      ...[500, 2],
      {
        lr: 0.020970653487749583,
        depth: 0.0054046015636976955,
        loss: 0.0015177077327861452,
        noise: 0.00010571535215230164,
        width: 6.063613420240231e-5,
        delta: 3.875095894385537e-5,
      },
    ],
  ] as const)('is what Optuna computes of %i trials', (count, seed, expected) => {
    const found = importances(count, seed);
    for (const [name, importance] of Object.entries(expected)) expect(found[name]).toBeCloseTo(importance, 10);
  });

  test('is nothing where all values are the same, or none is set', () => {
    const column = { cells: [1, 2, 3, 4], isNumeric: true };
    expect(pedAnova(column, bestOf([7, 7, 7, 7]))).toBeCloseTo(0, 12);
    expect(pedAnova({ cells: [undefined, undefined], isNumeric: false }, bestOf([1, 2]))).toBe(0);
    expect(pedAnova(column, bestOf([]))).toBe(0);
    expect(sharesOf([0, 0])).toEqual([0, 0]);
  });
});

describe('the variance that a param explains alone', () => {
  const losses = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 12, maxLength: 60 });

  test('is a share, whatever the values', () => {
    fc.assert(
      fc.property(
        losses,
        fc.infiniteStream(fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined })),
        (ys, xs) => {
          const cells = ys.map(() => xs.next().value);
          const share = varianceExplained({ cells, isNumeric: true }, ys) ?? 0;
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test('is all of it where the value follows from the param, and next to none where it does not', () => {
    const cells = Array.from({ length: 300 }, (_, at) => `"${at % 3}"`);
    expect(
      varianceExplained(
        { cells, isNumeric: false },
        cells.map((cell) => Number(cell[1])),
      ),
    ).toBeCloseTo(1, 12);
    const draws = uniform(5);
    const noise = cells.map(() => draws.next().value);
    expect(varianceExplained({ cells, isNumeric: false }, noise)).toBeLessThan(0.03);
  });

  test('is not said of too few, or of equal values', () => {
    expect(varianceExplained({ cells: [1, 2, 3], isNumeric: true }, [1, 2, 3])).toBeUndefined();
    expect(varianceExplained({ cells: [1, 1, 1, 2, 2, 2], isNumeric: true }, [4, 4, 4, 4, 4, 4])).toBeUndefined();
  });
});
