/** Items as dots of a chart: what the filter keeps in colours, the others faint, the selected one in a ring. */
import { pushTo } from '../../ranking.ts';
import type { Theme } from '../theme.ts';
import type { Coloring } from './coloring.ts';
import type { Exploring } from './exploring.ts';

export interface Spot {
  readonly at: number;
  readonly x: number;
  readonly y: number;
}

/** More are drawn as pixels, in one go. */
export const manySpots = 2000;

export interface SpotSeries {
  readonly series: readonly object[];
  /** The item that a mark of these series stands for. */
  itemOf(seriesId: string, dataIndex: number): number | undefined;
}

export interface Spots {
  readonly spots: readonly Spot[];
  /** Without one all have the first colour of the theme. */
  readonly coloring?: Coloring;
  readonly sizePx?: number;
}

export function spotSeries(
  exploring: Exploring,
  { spots, coloring, sizePx = sizeOf(spots.length) }: Spots,
  theme: Theme,
  isLarge: boolean,
): SpotSeries {
  const parts = new Map<string, Spot[]>();
  const selected = exploring.state.selection.run();
  const chosen = selected === undefined ? undefined : exploring.itemOf(selected);
  for (const spot of spots) {
    const isShown = exploring.isShown(spot.at);
    pushTo(parts, isShown ? `color ${coloring?.of(spot.at) ?? 0}` : 'faint', spot);
    if (spot.at === chosen) pushTo(parts, 'selected', spot);
  }
  const colors = coloring?.colors(theme) ?? theme.series;
  const order = [...parts.keys()].sort((a, b) => rankOf(a) - rankOf(b));
  const series = order.map((id, z) => {
    const place = Number(id.split(' ')[1] ?? -1);
    const data = (parts.get(id) ?? []).map(({ x, y }) => [x, y]);
    return { ...seriesOf(id, data, colors[place] ?? theme.muted, theme, sizePx, isLarge), z: 2 + z };
  });
  return { series, itemOf: (id, index) => parts.get(id)?.[index]?.at };
}

/** Faint below, then from the first colour to the last, the selected one on top. */
function rankOf(id: string): number {
  if (id === 'faint') return -2;
  return id === 'selected' ? 1e6 : Number(id.split(' ')[1]);
}

function seriesOf(
  id: string,
  data: readonly number[][],
  color: string,
  theme: Theme,
  sizePx: number,
  isLarge: boolean,
) {
  const large = isLarge ? { large: true, largeThreshold: 200, progressive: 0 } : {};
  const shared = { type: 'scatter', id, data, ...large };
  if (id === 'selected') {
    return {
      ...shared,
      symbolSize: sizePx + 7,
      itemStyle: { color: 'transparent', borderColor: theme.text, borderWidth: 2 },
      silent: true,
    };
  }
  if (id === 'faint')
    return { ...shared, symbolSize: Math.min(5, sizePx), itemStyle: { color: `${theme.muted}59` }, silent: true };
  return { ...shared, symbolSize: sizePx, itemStyle: { color, opacity: isLarge ? 0.8 : 0.85 } };
}

function sizeOf(count: number): number {
  return count > manySpots ? 3 : count > 400 ? 5 : count > 80 ? 7 : 9;
}
