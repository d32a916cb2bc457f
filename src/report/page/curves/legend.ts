/** What the colours mean. An entry under the pointer is drawn strong; a click shows it alone, another all again. */
import { type ColorKey, lineStyleOf } from '../colors.ts';
import { h, svg } from '../dom.ts';
import { seriesColors } from '../theme.ts';

const mostEntries = 36;
const dashArray = { solid: '', dashed: '5 3', dotted: '1.5 2.5' } as const;

export interface LegendOptions {
  readonly only: number | undefined;
  onOnly(key: number | undefined): void;
  onPoint(key: ColorKey | undefined): void;
}

export function legend(keys: readonly ColorKey[], { only, onOnly, onPoint }: LegendOptions): HTMLElement | null {
  if (keys.length < 2) return null;
  const entries = keys.slice(0, mostEntries).map((key, at) =>
    h(
      'button.entry',
      {
        ...{ type: 'button', 'aria-pressed': String(only === at), title: 'show alone' },
        ...{ onclick: () => onOnly(only === at ? undefined : at) },
        ...{ onpointerenter: () => onPoint(key), onpointerleave: () => onPoint(undefined) },
        ...{ onfocus: () => onPoint(key), onblur: () => onPoint(undefined) },
      },
      lineSwatch(at),
      key.label,
    ),
  );
  const more = keys.length - entries.length;
  const rest = more > 0 ? h('span.muted', {}, `and ${more} more, whose colours repeat`) : null;
  const classes = only === undefined ? 'div.legend' : 'div.legend.is-filtered';
  return h(classes, { role: 'group', 'aria-label': 'What the colours mean' }, ...entries, rest);
}

function lineSwatch(key: number): SVGElement {
  const { color, dash } = lineStyleOf(key, seriesColors);
  const line = { x1: '0', y1: '5', x2: '20', y2: '5', 'stroke-width': '2.5', 'stroke-dasharray': dashArray[dash] };
  return svg(
    'svg',
    { width: '20', height: '10', 'aria-hidden': 'true' },
    svg('line', { ...line, style: `stroke:var(--series-${color})` }),
  );
}
