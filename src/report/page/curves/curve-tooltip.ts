/** What the curves are at the step under the pointer: greatest first, as they lie in the drawing. */
import { formatNumber } from '../../../logging/numbers.ts';
import type { ComparedRun } from '../../comparison.ts';
import { h } from '../dom.ts';
import { settingsShort } from '../format.ts';
import type { PageState } from '../state.ts';

const mostLines = 12;
const narrowPx = 600;

interface Point {
  readonly seriesId: string;
  readonly color: string;
  readonly value: readonly [number, number | null];
}

/** @param points what the chart library knows of the points at one step */
export function curveTooltip(state: PageState, points: unknown): HTMLElement | string {
  const found = (Array.isArray(points) ? points : []).filter(isPoint).flatMap((point) => {
    const run = state.runOf(point.seriesId);
    return run === undefined ? [] : [{ run, color: point.color, step: point.value[0], value: point.value[1] }];
  });
  const [first] = found;
  if (first === undefined) return '';
  found.sort((a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY));
  const rows = found
    .slice(0, mostLines)
    .map(({ run, color, value }) =>
      h(
        state.selection.run() === run ? 'div.tip-line.is-selected' : 'div.tip-line',
        {},
        h('span.dot', { style: `background:${color}` }),
        h('span.tip-name', {}, nameOf(state, run)),
        h('span.number', {}, value === null ? 'diverged' : formatNumber(value)),
      ),
    );
  const more = found.length - rows.length;
  const rest = more > 0 ? h('div.muted', {}, `and ${more} more below`) : null;
  return h('div.tip', {}, h('div.muted', {}, `step ${first.step}`), ...rows, rest);
}

/** The values alone where there is no room for names. */
function nameOf(state: PageState, run: ComparedRun): string {
  return (innerWidth < narrowPx && settingsShort(run, state.differing, state)) || state.label(run);
}

function isPoint(point: unknown): point is Point {
  return (
    typeof point === 'object' && point !== null && 'seriesId' in point && 'value' in point && Array.isArray(point.value)
  );
}
