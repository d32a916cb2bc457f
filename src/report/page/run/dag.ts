/** The stages of a run as a drawing: what needs what, and how each came out. */
import type { ComparedStage } from '../../comparison.ts';
import { h, svg } from '../dom.ts';
import { cut } from '../format.ts';
import { layoutDag, type Spot } from './dag-layout.ts';

const rowPx = 40;
const boxPx = 28;
const gapPx = 40;
const characterPx = 7.4;
const longestName = 24;

export function dag(stages: readonly ComparedStage[]): HTMLElement {
  const layout = layoutDag(stages);
  const widthOf = (name: string) => Math.min(name.length, longestName) * characterPx + 26;
  const widths = Array.from({ length: layout.columns }, (_, column) =>
    Math.max(
      20,
      ...stages.filter(({ name }) => layout.stages.get(name)?.column === column).map(({ name }) => widthOf(name)),
    ),
  );
  const left = widths.map((_, column) => 1 + widths.slice(0, column).reduce((sum, width) => sum + width + gapPx, 0));
  const place = ({ column, row }: Spot) => ({ x: left[column] ?? 0, y: 1 + row * rowPx, width: widths[column] ?? 0 });
  const width = Math.ceil((left.at(-1) ?? 0) + (widths.at(-1) ?? 0) + 1);
  const height = Math.max(0, (layout.rows - 1) * rowPx + boxPx) + 2;
  const lines = layout.edges.map(({ path }) => svg('path', { d: lineThrough(path.map(place)) }));
  const boxes = stages.map((stage) => box(stage, place(layout.stages.get(stage.name) ?? { column: 0, row: 0 })));
  const words = stages.map(
    ({ name, outcome, deps }) => `${name} ${outcome}${deps.length === 0 ? '' : `, needs ${deps.join(', ')}`}`,
  );
  const label = { role: 'img', 'aria-label': `Stages: ${words.join('; ')}` };
  const size = { width: String(width), height: String(height), viewBox: `0 0 ${width} ${height}` };
  return h('div.scroll.dag', {}, svg('svg', { ...label, ...size }, ...lines, ...boxes));
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function box(stage: ComparedStage, { x, y, width }: Box): SVGElement {
  const middle = { x: String(x + width / 2), y: String(y + boxPx / 2), 'dominant-baseline': 'central' };
  return svg(
    'g',
    { class: `node ${stage.outcome}` },
    svg('title', {}, `${stage.name}: ${stage.outcome}${stage.desc === null ? '' : `. ${stage.desc}`}`),
    svg('rect', { x: String(x), y: String(y), width: String(width), height: String(boxPx), rx: '6' }),
    svg('text', { ...middle, 'text-anchor': 'middle' }, cut(stage.name, longestName)),
  );
}

/** Curves from edge to edge; straight through the columns where it passes. */
function lineThrough(spots: readonly Box[]): string {
  const middle = (spot: Box) => spot.y + boxPx / 2;
  return spots.slice(1).reduce((path, to, at) => {
    const from = spots[at] ?? to;
    const [start, end] = [from.x + from.width, to.x];
    const bend = (start + end) / 2;
    const isLast = at === spots.length - 2;
    const curve = `C${bend} ${middle(from)} ${bend} ${middle(to)} ${end} ${middle(to)}`;
    const through = isLast ? '' : `H${to.x + to.width}`;
    return `${path}${at === 0 ? `M${start} ${middle(from)}` : ''}${curve}${through}`;
  }, '');
}
