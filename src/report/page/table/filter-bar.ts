/** One field, always in sight, that says which runs every table and chart shows: by words, or by an expression. */
import { isMistake, parseFilter } from '../../../filter/filter.ts';
import type { ComparedRun } from '../../comparison.ts';
import { h } from '../dom.ts';
import { cut } from '../format.ts';
import type { PageState } from '../state.ts';
import { filterNames, filterRows } from './filter-rows.ts';
import { readableText } from './readable-text.ts';

const key = 'filter';

/** What a reader types who means an expression, complete or not. */
const meansExpression = /[=<>~!"'[(]|\b(?:in|contains|is|not)\b/;

type Keeps = (run: ComparedRun) => boolean;
type Understood = { readonly keeps: Keeps | undefined } | { readonly mistake: string };

export function filterBar(state: PageState): HTMLElement {
  const { view, filter, comparison } = state;
  const understand = understanding(state);
  const input = h('input.filter', {
    ...{ type: 'search', placeholder: `Filter runs: words, or ${exampleOf(state)}`, spellcheck: 'false' },
    ...{ 'aria-label': 'Filter runs by words or by an expression', 'aria-describedby': 'filter-said' },
  });
  const count = h('span.muted.count', { role: 'status' });
  const said = h('span.filter-said', { id: 'filter-said', role: 'status' });
  const apply = () => {
    const text = input.value.trim();
    const understood = understand(text);
    const isWrong = 'mistake' in understood;
    said.textContent = isWrong ? understood.mistake : '';
    input.setAttribute('aria-invalid', String(isWrong));
    if (isWrong) return;
    view.set(key, text === '' ? undefined : text);
    filter.keepOnly(key, understood.keeps);
  };
  input.addEventListener('input', apply);
  filter.onFilter(() => {
    const { length } = filter.shown();
    count.textContent = filter.isFiltered() ? `${length} of ${comparison.runs.length} runs` : '';
  });
  input.value = view.get(key) ?? '';
  if (input.value !== '') apply();
  return h('div.filter-bar', { role: 'search' }, input, count, said);
}

/** In the names of this page. */
function exampleOf({ comparison, differing, rankBy }: PageState): string {
  const isPlain = (name: string) => /^[\w.@]{1,24}$/.test(name);
  const texts = differing.flatMap((name) => {
    const value = comparison.runs.find(({ params }) => typeof params[name] === 'string')?.params[name];
    return isPlain(name) && typeof value === 'string' ? [`${name} = ${JSON.stringify(cut(value, 16))}`] : [];
  });
  const [ofParam = 'status = "complete"'] = texts;
  return rankBy === undefined || !isPlain(rankBy) ? ofParam : `${ofParam} and ${rankBy} > 0`;
}

/** Of an expression that is wrong, as one that is still being typed, the filter before stays. */
function understanding(state: PageState): (text: string) => Understood {
  const names = filterNames(state.comparison);
  const rowOf = filterRows();
  const textOf = readableText(state);
  return (text) => {
    if (text === '') return { keeps: undefined };
    const found = parseFilter(text, names);
    if (!isMistake(found)) return { keeps: (run) => found.test(rowOf(run)) };
    if (!meansExpression.test(text)) return { keeps: holdsWords(textOf, text) };
    const { mistake, hint, column } = found;
    return { mistake: `column ${column}: ${mistake}${hint === undefined ? '' : ` (${hint})`}` };
  };
}

function holdsWords(textOf: (run: ComparedRun) => string, text: string): Keeps {
  const words = text.toLowerCase().split(/\s+/);
  return (run) => words.every((word) => textOf(run).includes(word));
}
