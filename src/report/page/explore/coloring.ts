/** What the colour of an item means: a number along a ramp, or one of few values of a param. */
import { h } from '../dom.ts';
import { cut } from '../format.ts';
import type { Theme } from '../theme.ts';
import type { Cell, Column } from './columns.ts';
import { rampOf, rampScale } from './ramp.ts';
import { inOrder } from './scale.ts';

export interface Coloring {
  /** Place of its colour; −1: it has none. */
  of(at: number): number;
  colors(theme: Theme): readonly string[];
  legend(): HTMLElement;
}

const mostKeys = 6;
const longest = 28;

export function coloringOf(column: Column): Coloring {
  const distinct = new Set(column.cells.filter((cell) => cell !== undefined));
  const isKeyed = column.kind === 'param' && (!column.isNumeric || distinct.size <= mostKeys);
  return isKeyed ? byKey(column, [...distinct]) : byRamp(column);
}

function byKey(column: Column, distinct: readonly Cell[]): Coloring {
  const order = distinct.toSorted(inOrder);
  const places = new Map(order.map((cell, at) => [cell, at % mostKeys]));
  const entry = (cell: Cell, at: number) =>
    h(
      'span.arm',
      {},
      h('span.dot', { style: `background:var(--series-${at % mostKeys})`, 'aria-hidden': 'true' }),
      cut(column.text(cell), longest),
    );
  const shown = order.slice(0, 2 * mostKeys);
  const more = order.length - shown.length;
  return {
    of: (at) => places.get(column.cells[at]) ?? -1,
    colors: (theme) => theme.series,
    legend: () =>
      h(
        'div.key',
        {},
        h('span.muted', {}, cut(column.label, longest)),
        ...shown.map(entry),
        more > 0 && `and ${more} more`,
      ),
  };
}

function byRamp(column: Column): Coloring {
  const scale = rampScale(column.cells, column.goal);
  const places = column.cells.map((cell) => scale?.colorOf(cell) ?? -1);
  const end = (value: number | undefined, isLast: boolean) => {
    if (value === undefined) return '';
    const word = column.goal === undefined ? '' : isLast ? ', the best' : ' or worse';
    return h('span.muted.number', {}, `${column.text(value)}${word}`);
  };
  return {
    of: (at) => places[at] ?? -1,
    colors: rampOf,
    legend: () =>
      h(
        'div.key',
        {},
        h('span.muted', {}, cut(column.label, 2 * longest)),
        end(scale?.worst, false),
        h('span.ramp', { 'aria-hidden': 'true' }),
        end(scale?.best, true),
      ),
  };
}
