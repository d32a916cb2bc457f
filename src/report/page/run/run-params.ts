/** The config of a run, and where it differs from another's. */
import type { ComparedRun } from '../../comparison.ts';
import { type Child, folded, h, table } from '../dom.ts';
import { valueText } from '../format.ts';
import type { PageState } from '../state.ts';
import type { Other } from './beside.ts';

/** Of a single run all; else those that differ between the runs, the others behind a line. */
export function runParams(state: PageState, run: ComparedRun, other: Other | undefined): HTMLElement {
  const names = Object.keys(run.params);
  const rows = (list: readonly string[]) => list.map((name) => [name, valueText(run.params[name])]);
  const { unused = {} } = run;
  if (names.length === 0 && Object.keys(unused).length === 0) return h('p.note', {}, 'None.');
  if (state.comparison.runs.length === 1) return table([], rows(names));
  const shared = names.filter((name) => !state.differing.includes(name));
  const same = shared.length === 0 ? null : folded(`${shared.length} the same in all runs`, table([], rows(shared)));
  return h('div', {}, differingTable(state, run, other), same, unusedTable(unused));
}

/** They are in the run's config, and so in its hash. */
function unusedTable(unused: NonNullable<ComparedRun['unused']>): HTMLElement | null {
  const rows = Object.entries(unused).map(([name, value]) => [name, valueText(value)]);
  if (rows.length === 0) return null;
  return folded(
    `${rows.length} at their defaults, as the study searches them for other settings alone`,
    table([], rows),
  );
}

function differingTable(state: PageState, run: ComparedRun, other: Other | undefined): HTMLElement {
  if (state.differing.length === 0) return h('p.note', {}, 'No param differs between these runs.');
  const text = (of: ComparedRun, name: string) => valueText(of.params[name]) || h('span.muted', {}, 'not set');
  if (other === undefined)
    return table(
      [],
      state.differing.map((name) => [name, text(run, name)]),
    );
  const isOther = (name: string) => JSON.stringify(run.params[name]) !== JSON.stringify(other.run.params[name]);
  const rows = state.differing
    .toSorted((a, b) => Number(isOther(b)) - Number(isOther(a)))
    .map((name): Child[] => [
      name,
      isOther(name) ? h('mark', {}, text(run, name)) : text(run, name),
      isOther(name) ? text(other.run, name) : h('span.muted', {}, 'same'),
    ]);
  return table(['Param', 'This run', other.title], rows);
}
