/** Asks which run the one in depth is set beside. */
import { h } from '../dom.ts';
import { cut, runName } from '../format.ts';
import type { PageState } from '../state.ts';
import { type BesideChoice, offered, runNamed, usual } from './beside.ts';

/** More are not looked through; they are named. */
const mostOffered = 200;

export function besideChoice(state: PageState, chosen: BesideChoice, set: (choice: BesideChoice) => void): HTMLElement {
  const { runs } = state.comparison;
  const select = h('select', { 'data-focus': 'beside' });
  const option = (value: string, text: string) => h('option', { value, selected: value === chosen }, text);
  const listed = offered(state, mostOffered);
  const named = runs.find((run) => runName(run) === chosen);
  const others = named === undefined || listed.includes(named) ? listed : [named, ...listed];
  select.append(
    option(usual, 'the best'),
    option('baseline', state.baseline.run() === undefined ? 'the baseline (none is set)' : 'the baseline'),
    ...others.map((run) => option(runName(run), cut(`${state.hashText(run)}  ${state.label(run)}`, 90))),
  );
  select.addEventListener('change', () => set(select.value));
  return h(
    'div.toolbar.beside',
    {},
    h('label', {}, 'Beside ', select),
    runs.length > mostOffered ? byName(state, set) : null,
  );
}

function byName({ comparison }: PageState, set: (choice: BesideChoice) => void): HTMLElement {
  const input = h('input', {
    ...{ type: 'search', placeholder: 'or a hash…', 'aria-label': 'Beside the run of this hash', 'data-focus': 'hash' },
  });
  input.addEventListener('input', () => {
    const found = runNamed(comparison.runs, input.value);
    if (found !== undefined) set(runName(found));
  });
  return input;
}
