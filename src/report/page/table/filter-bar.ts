/** One field, always in sight, that says which runs every table and chart shows. */
import type { ComparedRun } from '../../comparison.ts';
import { h } from '../dom.ts';
import type { PageState } from '../state.ts';
import { readableText } from './readable-text.ts';

const key = 'filter';

export function filterBar(state: PageState): HTMLElement {
  const { view, filter, comparison } = state;
  const textOf = readableText(state);
  const input = h('input.filter', {
    ...{ type: 'search', placeholder: 'Filter runs…', 'aria-label': 'Filter runs by text' },
  }) as HTMLInputElement;
  const count = h('span.muted.count', { role: 'status' });
  const apply = () => {
    const text = input.value.trim();
    view.set(key, text === '' ? undefined : text);
    filter.keepOnly(key, text === '' ? undefined : holdsWords(textOf, text));
  };
  input.addEventListener('input', apply);
  filter.onFilter(() => {
    const { length } = filter.shown();
    count.textContent = filter.isFiltered() ? `${length} of ${comparison.runs.length} runs` : '';
  });
  input.value = view.get(key) ?? '';
  if (input.value !== '') apply();
  return h('div.filter-bar', { role: 'search' }, input, count);
}

function holdsWords(textOf: (run: ComparedRun) => string, text: string): (run: ComparedRun) => boolean {
  const words = text.toLowerCase().split(/\s+/);
  return (run) => words.every((word) => textOf(run).includes(word));
}
