/** What the panels that explore settings compute before they draw. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestSoFar } from '../../../src/report/page/explore/best-so-far.ts';
import { binsOf, heatCells } from '../../../src/report/page/explore/bins.ts';
import { paramColumn } from '../../../src/report/page/explore/columns.ts';
import { exploring } from '../../../src/report/page/explore/exploring.ts';
import { itemsOf } from '../../../src/report/page/explore/items.ts';
import {
  brushesOf,
  brushOf,
  keeps,
  stretchesOf,
  textOfBrushes,
} from '../../../src/report/page/explore/parallel/brush.ts';
import { pixelOf, rasterLines } from '../../../src/report/page/explore/parallel/raster.ts';
import { inkOn, rampColors, rampScale } from '../../../src/report/page/explore/ramp.ts';
import { scaleOf, ticksOf } from '../../../src/report/page/explore/scale.ts';
import { pageState } from '../../../src/report/page/state.ts';
import { emptyView } from '../empty-view.ts';
import { comparison, runOf, study } from '../fixture.ts';

const columnOf = (values: readonly unknown[]) =>
  paramColumn(
    itemsOf({ runs: values.map((value, at) => runOf(at, value === undefined ? {} : { a: value as number }, 0)) }),
    'a',
    'a',
  );
/** Below the smallest normal number there are not enough digits to place anything between two. */
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => (Math.abs(value) < 1e-290 ? 0 : value));
const numbers = fc.array(number, { minLength: 1, maxLength: 40 });

describe('an axis', () => {
  test('has every number between its ends, in their order, and finds them again', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const scale = scaleOf({ isNumeric: true, cells: values });
        const places = values.toSorted((a, b) => a - b).map(scale.at);
        expect(places.every((place) => place >= 0 && place <= 1)).toBe(true);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        for (const { at } of ticksOf(scale, 6)) expect(at >= -1e-6 && at <= 1 + 1e-6).toBe(true);
        if (scale.low < scale.high) expect(scale.valueAt(scale.at(values[0]))).toBeCloseTo(values[0] ?? 0, 3);
      }),
    );
  });

  test.each([
    [[1e-5, 1e-4, 1e-3, 1e-2], 'log'],
    [[0.001, 0.4, 0.6, 0.9], 'linear'],
    [[0, 1, 1000], 'linear'],
    [[8, 16, 32], 'linear'],
    [['a', 'b', 3], 'category'],
    [[true, false], 'category'],
    [[3, null, 5], 'linear'],
  ])('of %j is read by %s', (values, kind) => {
    expect(scaleOf(columnOf(values)).kind).toBe(kind);
  });

  test('has no place for what is not set, and one in the middle for what is always the same', () => {
    expect(scaleOf(columnOf([1, undefined, null])).at(undefined)).toBeNaN();
    expect(scaleOf(columnOf([7, 7])).at(7)).toBe(0.5);
    expect(ticksOf(scaleOf(columnOf([7, 7])), 6)).toEqual([{ at: 0.5, value: 7 }]);
    expect(ticksOf(scaleOf(columnOf([1, 2, 3])), 6).map(({ value }) => value)).toEqual([1, 2, 3]);
    expect(ticksOf(scaleOf({ isNumeric: true, cells: [] }), 6)).toEqual([]);
  });
});

describe('a range on an axis', () => {
  const lr = scaleOf({ isNumeric: true, cells: [1e-5, 1e-3, 1e-1, undefined] });
  const loss = scaleOf({ isNumeric: false, cells: ['"a"', '"b"', '"c"', '"d"'] });

  test('keeps what lies between its ends, and what is not set where it goes so far', () => {
    const brush = brushOf(lr, 1, 0.4, false);
    expect([1e-5, 1e-3, 1e-1, undefined].map((cell) => keeps(brush, cell))).toEqual([false, true, true, false]);
    expect(keeps(brushOf(lr, 0.4, -0.1, true), undefined)).toBe(true);
    expect(keeps(brushOf(lr, -0.05, -0.1, true), 1e-5)).toBe(false);
    const some = brushOf(loss, 0.3, 1, false);
    expect(['"a"', '"b"', '"d"'].map((cell) => keeps(some, cell))).toEqual([false, true, true]);
  });

  test('holds whatever it was drawn over, though its ends are rounded', () => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(numbers, place, place, (values, from, to) => {
        const scale = scaleOf({ isNumeric: true, cells: values });
        const brush = brushOf(scale, from, to, false);
        for (const value of values) {
          const at = scale.at(value);
          if (at > Math.min(from, to) + 1e-9 && at < Math.max(from, to) - 1e-9) expect(keeps(brush, value)).toBe(true);
        }
      }),
    );
  });

  test('of categories that are not beside each other is drawn in as many stretches', () => {
    expect(stretchesOf(loss, { values: ['"a"', '"b"', '"d"'] })).toHaveLength(2);
    expect(stretchesOf(lr, { range: [1e-9, 1e-6] })).toEqual([]);
    expect(stretchesOf(lr, { unset: true })).toEqual([]);
  });

  test('goes into a link and comes back; a link that was cut is none', () => {
    const brushes = new Map([
      ['p:a', { range: [1, 2] as const, unset: true }],
      ['p:__proto__', { values: ['"</script>"'] }],
    ]);
    expect(brushesOf(textOfBrushes(brushes))).toEqual(brushes);
    expect(textOfBrushes(new Map())).toBeUndefined();
    for (const text of ['[["p:a",{"ra', '{}', '[1, ["a"], ["a", null], ["b", {"range": ["x"]}]]', undefined])
      expect(brushesOf(text)).toEqual(new Map());
  });
});

describe('what is explored', () => {
  test('is the ranked metric in its largest group; what is of another group is apart', () => {
    const found = exploring(pageState(study(), emptyView()));
    expect(found?.metric.label).toBe('validate.ndcg@10, evaluate.protocol = held-out');
    expect(found?.apart).toEqual(new Set([16]));
    expect(found?.goals.map(({ name }) => name)).toEqual(['validate.ndcg@10', 'validate.ndcg@10', 'evaluate.ndcg@10']);
    expect(found?.metric.cells.filter((cell) => cell === 0.9)).toEqual([]);
  });

  test('is a trial by its mean where there are replicates, without the params that only replicate', () => {
    const runs = [1, 2, 3, 4].map((at) => runOf(Math.ceil(at / 2), { lr: Math.ceil(at / 2), seed: at % 2 }, at / 10));
    const failed = runOf(9, { lr: 9, seed: 0 }, 0.9, { status: 'failed' });
    const hashes = (from: number) => runs.slice(from, from + 2).map((run) => run.configHash);
    const shown = comparison([...runs, failed, runOf(8, { lr: 8, seed: 1 }, 0.5)], {
      trials: [
        { trial: 2, value: 0.35, group: 'held-out', runs: hashes(2) },
        { trial: 1, value: 0.15, group: 'held-out', runs: hashes(0) },
      ],
      study: {
        ...{ name: 's', replicates: ['seed'], arms: [], states: {}, sampler: 'grid' },
        metric: { name: 'validate.ndcg@10', goal: 'maximize' },
      },
    });
    const found = exploring(pageState(shown, emptyView()));
    expect(found?.params.map(({ name }) => name)).toEqual(['lr']);
    expect(found?.metric.cells).toEqual([0.15, 0.35, undefined]);
    expect(found?.items.map(({ runs: members }) => members.length)).toEqual([2, 2, 1]);
    expect(found?.metrics.find(({ name }) => name === 'evaluate.ndcg@10')?.cells[0]).toBeCloseTo(0.135, 12);
  });

  test('is nothing without a ranked metric, or without a value of it', () => {
    const { rankBy: _, ...unranked } = comparison([runOf(0, { a: 1 }, 0.1), runOf(1, { a: 2 }, 0.2)]);
    expect(exploring(pageState(unranked, emptyView()))).toBeUndefined();
    const diverged = comparison([runOf(0, { a: 1 }, null), runOf(1, { a: 2 }, null)]);
    expect(exploring(pageState(diverged, emptyView()))).toBeUndefined();
  });

  test('takes params of any name', () => {
    const names = ['constructor', '__proto__', 'toString'];
    const runs = [1, 2].map((at) => runOf(at, Object.fromEntries(names.map((name) => [name, at])), at));
    const found = exploring(pageState(comparison([...runs, runOf(3, {}, 3)]), emptyView()));
    expect(found?.params.map(({ cells }) => cells)).toEqual(names.map(() => [1, 2, undefined]));
  });
});

test('the best so far only gets better, ends where the search does, and is the best there is', () => {
  const point = fc.record({ x: fc.integer({ min: 0, max: 99 }), y: fc.integer({ min: -9, max: 9 }) });
  fc.assert(
    fc.property(fc.array(point, { minLength: 1 }), (points) => {
      const line = bestSoFar(points, 'minimize', 100);
      const ys = line.map(([, y]) => y);
      expect(ys).toEqual(ys.toSorted((a, b) => b - a));
      expect(line.at(-1)).toEqual([100, Math.min(...points.map(({ y }) => y))]);
    }),
  );
  expect(bestSoFar([], 'maximize', 9)).toEqual([]);
});

test('every value has its bin, and a cell counts what is in it', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const { labels, of } = binsOf(columnOf(values));
      expect([...of].every((bin) => bin >= 0 && bin < labels.length)).toBe(true);
      const cells = heatCells({ labels, of }, { labels: ['one'], of: new Int32Array(values.length) }, values);
      expect(cells.flat().reduce((sum, cell) => sum + (cell?.count ?? 0), 0)).toBe(values.length);
      expect(Math.min(...cells.flat().flatMap((cell) => cell?.best ?? []))).toBe(Math.min(...values));
    }),
  );
  expect(binsOf(columnOf([0.2, 0.05, undefined])).labels).toEqual(['0.05', '0.2']);
});

test('a colour says how good a value is; the worst of many do not take it from the others', () => {
  const values = [...Array.from({ length: 99 }, (_, at) => at), 1e9];
  const scale = rampScale(values, 'minimize');
  expect([0, 50, 98, 1e9].map((value) => scale?.colorOf(value))).toEqual([rampColors - 1, 5, 0, 0]);
  expect(rampScale([1, 1], 'maximize')?.colorOf(1)).toBe(rampColors - 1);
  expect(rampScale([undefined], 'maximize')).toBeUndefined();
  expect(scale?.colorOf(undefined)).toBe(-1);
  expect([inkOn('#fde83a'), inkOn('#440f5c')]).toEqual(['#101417', '#ffffff']);
});

test('lines are drawn from axis to axis without a gap, and never outside', () => {
  const y = fc.double({ min: -20, max: 60, noNaN: true });
  fc.assert(
    fc.property(fc.array(y, { minLength: 3, maxLength: 3 }), (ys) => {
      const raster = { width: 21, height: 40, pixels: new Uint32Array(21 * 40) };
      rasterLines(raster, Float32Array.of(0, 10, 20), Float32Array.from(ys), Int32Array.of(0), () => 7);
      for (let x = 0; x < 21; x++)
        expect(Array.from({ length: 40 }, (_, row) => raster.pixels[row * 21 + x]).includes(7)).toBe(true);
    }),
  );
  expect([pixelOf('#102030'), pixelOf('#fff')]).toEqual([0xff302010, 0xffffffff]);
});
