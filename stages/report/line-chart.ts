/** A line chart as one inline SVG: plain text, the same for the same data. Colours are the page's. */
import { type Axis, axisOver, formatNumber } from './axis.ts';
import { escapeHtml } from './html.ts';

export interface Line {
  readonly label: string;
  /** At least one, steps rising. */
  readonly points: readonly { readonly step: number; readonly value: number }[];
}

export interface LineChart {
  readonly title: string;
  readonly lines: readonly Line[];
  /** A horizontal dashed line to judge the others by. */
  readonly reference?: { readonly value: number; readonly label: string };
  /** What a reader has to know, below the chart. */
  readonly note?: string;
}

const width = 560;
const height = 260;
const plot = { left: 56, right: width - 20, top: 12, bottom: height - 34 };
/** Beyond about one point a pixel a line holds no more; its extremes are kept. */
const mostPoints = 1000;

export function drawLineChart(chart: LineChart): string {
  const { title, lines, reference, note } = chart;
  const all = lines.flatMap((line) => line.points);
  const x = axisOver(
    all.map(({ step }) => step),
    6,
  );
  const y = axisOver([...all.map(({ value }) => value), ...(reference === undefined ? [] : [reference.value])], 5);
  const at = scale(x, y);
  const legend = lines.map(({ label }, i) => `<span class="key line-${i}">${escapeHtml(label)}</span>`).join(' ');
  return [
    '<figure>',
    `<figcaption>${escapeHtml(title)} ${legend}</figcaption>`,
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}, over training steps">`,
    ...drawAxes(x, y, at),
    ...lines.map((line, i) => drawLine(line, i, at)),
    ...(reference === undefined ? [] : drawReference(reference, at)),
    '</svg>',
    ...(note === undefined ? [] : [`<p class="note">${escapeHtml(note)}</p>`]),
    '</figure>',
  ].join('\n');
}

interface Scale {
  readonly x: (step: number) => string;
  readonly y: (value: number) => string;
}

function scale(x: Axis, y: Axis): Scale {
  const position = (value: number, axis: Axis, from: number, to: number) =>
    (from + ((value - axis.min) / (axis.max - axis.min)) * (to - from)).toFixed(1);
  return {
    x: (step) => position(step, x, plot.left, plot.right),
    y: (value) => position(value, y, plot.bottom, plot.top),
  };
}

function drawAxes(x: Axis, y: Axis, at: Scale): string[] {
  return [
    ...y.ticks.map(
      (tick) =>
        `<path class="grid" d="M${plot.left} ${at.y(tick)}H${plot.right}"/>` +
        `<text x="${plot.left - 6}" y="${at.y(tick)}" dy=".32em" text-anchor="end">${formatNumber(tick)}</text>`,
    ),
    ...x.ticks.map(
      (tick) => `<text x="${at.x(tick)}" y="${plot.bottom + 16}" text-anchor="middle">${formatNumber(tick)}</text>`,
    ),
    `<text x="${plot.right}" y="${height - 4}" text-anchor="end">step</text>`,
  ];
}

function drawReference({ value, label }: { readonly value: number; readonly label: string }, at: Scale): string[] {
  return [
    `<path class="reference" d="M${plot.left} ${at.y(value)}H${plot.right}"/>`,
    `<text class="on-lines" x="${plot.right - 4}" y="${at.y(value)}" dy="-.4em" text-anchor="end">${escapeHtml(label)}</text>`,
  ];
}

function drawLine({ points }: Line, index: number, at: Scale): string {
  const corners = thin(points).map(({ step, value }) => `${at.x(step)},${at.y(value)}`);
  if (corners.length > 1) return `<polyline class="line-${index}" points="${corners.join(' ')}"/>`;
  const [x, y] = (corners[0] as string).split(',');
  return `<circle class="line-${index}" cx="${x}" cy="${y}" r="3"/>`;
}

/** The lowest and the highest of each bucket of neighbours, in order. */
function thin(points: Line['points']): Line['points'] {
  if (points.length <= mostPoints) return points;
  const size = Math.ceil(points.length / (mostPoints / 2));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const bucket = points.slice(i * size, (i + 1) * size).toSorted((a, b) => a.value - b.value);
    const ends = bucket.length > 1 ? [bucket[0], bucket.at(-1)] : bucket;
    return (ends as Line['points']).toSorted((a, b) => a.step - b.step);
  }).flat();
}
