import { describe, expect, test } from 'vitest';
import { axisOver, formatNumber } from '../../../stages/report/axis.ts';
import { drawLineChart } from '../../../stages/report/line-chart.ts';

describe('axis', () => {
  test.each([
    [
      [0, 1],
      [0, 0.2, 0.4, 0.6, 0.8, 1],
    ],
    [
      [-0.003, 0.0041],
      [-0.004, -0.002, 0, 0.002, 0.004, 0.006],
    ],
    [
      [1, 300],
      [0, 100, 200, 300],
    ],
    [
      [5, 5],
      [2, 3, 4, 5, 6, 7, 8],
    ],
    [
      [5, 5 + 1e-12],
      [2, 3, 4, 5, 6, 7, 8],
    ],
    [
      [-1e20, -1e20 + 16_384],
      [-1.6e20, -1.4e20, -1.2e20, -1e20, -8e19, -6e19, -4e19],
    ],
    [
      [0, 0],
      [0, 0.2, 0.4, 0.6, 0.8, 1],
    ],
  ])('over %j', (values, ticks) => {
    const axis = axisOver(values, 5);
    expect(axis.ticks).toEqual(ticks);
    expect([axis.min, axis.max]).toEqual([ticks[0], ticks.at(-1)]);
  });

  test.each([
    [0, '0'],
    [15873, '15,873'],
    [0.05, '0.05'],
    [0.123456, '0.1235'],
    [-0.0004, '-4e-4'],
    [1234567, '1,234,567'],
  ])('%f is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('line chart', () => {
  const line = (values: readonly number[]) => values.map((value, i) => ({ step: i + 1, value }));
  const cornersOf = (svg: string) => /points="([^"]*)"/.exec(svg)?.[1]?.split(' ') ?? [];

  test('runs from the left edge to the right, upwards as values rise', () => {
    const svg = drawLineChart({
      title: 'T',
      lines: [
        {
          label: 'L',
          points: [
            { step: 0, value: 0 },
            { step: 100, value: 1 },
          ],
        },
      ],
    });
    expect(cornersOf(svg)).toEqual(['56.0,226.0', '540.0,12.0']);
  });

  test('a single point is a dot', () => {
    expect(drawLineChart({ title: 'T', lines: [{ label: 'L', points: line([3]) }] })).toContain('<circle');
  });

  test('a long line keeps its extremes in about a thousand corners', () => {
    const values = Array.from({ length: 65_000 }, (_, i) => (i === 40_001 ? 9 : Math.sin(i)));
    const corners = cornersOf(drawLineChart({ title: 'T', lines: [{ label: 'L', points: line(values) }] }));
    expect(corners.length).toBeLessThanOrEqual(1000);
    expect(Math.min(...corners.map((corner) => Number(corner.split(',')[1])))).toBeLessThan(40);
  });

  test('names are escaped, and the reference line is named', () => {
    const svg = drawLineChart({
      title: '<b>"T" & more</b>',
      lines: [{ label: "<i>'L'</i>", points: line([0, 1]) }],
      reference: { value: 0.5, label: 'a < b' },
    });
    expect(svg).not.toMatch(/<b>|<i>|a < b/);
    expect(svg).toContain('&lt;i&gt;&#39;L&#39;&lt;/i&gt;');
    expect(svg).toContain('class="reference"');
  });
});
