/** The ranges as fields: what the pointer draws can be read and set by keyboard. */
import { h } from '../../dom.ts';
import { cut } from '../../format.ts';
import type { Brush, Brushes } from './brush.ts';
import type { Axis } from './layout.ts';

const longest = 40;

export interface RangeFields {
  readonly element: HTMLElement;
  show(brushes: Brushes): void;
  /** Begins a range of all that the axis has, in its field. */
  begin(axis: Axis): void;
}

export function rangeFields(axes: readonly Axis[], set: (axis: Axis, brush: Brush | undefined) => void): RangeFields {
  const element = h('div.ranges-set');
  const rows = new Map<string, { row: HTMLElement; show: (brush: Brush) => void }>();
  const show = (brushes: Brushes) => {
    for (const [id, { row }] of rows) {
      if (brushes.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
    for (const axis of axes) {
      const brush = brushes.get(axis.column.id);
      if (brush === undefined) continue;
      const known = rows.get(axis.column.id) ?? rangeRow(axis, (changed) => set(axis, changed));
      if (!known.row.isConnected) element.append(known.row);
      rows.set(axis.column.id, known);
      known.show(brush);
    }
  };
  const begin = (axis: Axis) => {
    if (!rows.has(axis.column.id)) set(axis, wholeOf(axis));
    rows.get(axis.column.id)?.row.querySelector('input')?.focus();
  };
  return { element, show, begin };
}

function wholeOf({ scale, hasUnset }: Axis): Brush {
  const unset = hasUnset ? { unset: true } : {};
  return scale.kind === 'category'
    ? { values: scale.categories, ...unset }
    : { range: [scale.low, scale.high], ...unset };
}

function rangeRow(axis: Axis, set: (brush: Brush | undefined) => void) {
  const { column, hasUnset } = axis;
  let brush: Brush = {};
  const change = (part: Brush) => set({ ...brush, ...part });
  const fields = column.isNumeric ? numberFields(axis, change) : categoryFields(axis, change);
  const unset = hasUnset
    ? tick(column.kind === 'metric' ? 'no value' : 'not set', (on) => change({ unset: on }))
    : null;
  const name = cut(column.label, longest);
  const remove = h(
    'button.quiet',
    { type: 'button', 'aria-label': `Remove the range of ${name}`, onclick: () => set(undefined) },
    '✕',
  );
  const row = h('fieldset.range-row', {}, h('legend', {}, name), ...fields.elements, unset?.element, remove);
  return {
    row,
    show: (shown: Brush) => {
      brush = shown;
      fields.show(shown);
      if (unset !== null) unset.input.checked = shown.unset === true;
    },
  };
}

function numberFields({ column, scale }: Axis, change: (part: Brush) => void) {
  const field = (label: string) =>
    h('input', {
      type: 'number',
      step: 'any',
      'aria-label': `${cut(column.label, longest)} ${label}`,
    });
  const [low, high] = [field('from'), field('to')];
  const read = ({ value }: HTMLInputElement, otherwise: number) => (value === '' ? otherwise : Number(value));
  const apply = () => change({ range: [read(low, scale.low), read(high, scale.high)] });
  for (const input of [low, high]) input.addEventListener('change', apply);
  return {
    elements: [low, h('span.muted', {}, 'to'), high],
    show: ({ range }: Brush) => {
      if (document.activeElement !== low) low.value = range === undefined ? '' : String(range[0]);
      if (document.activeElement !== high) high.value = range === undefined ? '' : String(range[1]);
    },
  };
}

function categoryFields({ column, scale }: Axis, change: (part: Brush) => void) {
  const boxes = scale.categories.map((value) => tick(cut(column.text(value), longest), () => apply()));
  const apply = () => change({ values: scale.categories.filter((_, at) => boxes[at]?.input.checked) });
  return {
    elements: boxes.map(({ element }) => element),
    show: ({ values = [] }: Brush) => {
      for (const [at, value] of scale.categories.entries()) {
        const box = boxes[at];
        if (box !== undefined) box.input.checked = values.includes(value);
      }
    },
  };
}

function tick(text: string, set: (on: boolean) => void) {
  const input = h('input', { type: 'checkbox' });
  input.addEventListener('change', () => set(input.checked));
  return { input, element: h('label', {}, input, ` ${text}`) };
}
