/** The config of a run, and where it differs from the best it may be ranked with. */
import type { ComparedRun } from '../../comparison.ts';
import { folded, h, table } from '../dom.ts';
import { valueText } from '../format.ts';
import type { PageState } from '../state.ts';

/** Of a single run all; else those that differ between the runs, the others behind a line. */
export function runParams(state: PageState, run: ComparedRun): HTMLElement {
  const names = Object.keys(run.params);
  const rows = (list: readonly string[]) => list.map((name) => [name, valueText(run.params[name])]);
  if (names.length === 0) return h('p.note', {}, 'None.');
  if (state.comparison.runs.length === 1) return table([], rows(names));
  const shared = names.filter((name) => !state.differing.includes(name));
  const same = shared.length === 0 ? null : folded(`${shared.length} the same in all runs`, table([], rows(shared)));
  return h('div', {}, differingTable(state, run), same);
}

function differingTable(state: PageState, run: ComparedRun): HTMLElement {
  const best = bestBeside(state, run);
  if (state.differing.length === 0) return h('p.note', {}, 'No param differs between these runs.');
  if (best === undefined || best === run)
    return table(
      [],
      state.differing.map((name) => [name, valueText(run.params[name]) || h('span.muted', {}, 'not set')]),
    );
  const text = (of: ComparedRun, name: string) => valueText(of.params[name]) || h('span.muted', {}, 'not set');
  const rows = state.differing.map((name) => {
    const isOther = JSON.stringify(run.params[name]) !== JSON.stringify(best.params[name]);
    return [
      name,
      isOther ? h('mark', {}, text(run, name)) : text(run, name),
      isOther ? text(best, name) : h('span.muted', {}, 'same'),
    ];
  });
  return table(['Param', 'This run', 'The best'], rows);
}

/** The best run of those whose values may be ranked with this one's; of all, where it has no value. */
export function bestBeside({ ranking }: PageState, run: ComparedRun): ComparedRun | undefined {
  const own = ranking.find(({ entries }) => entries.some(({ runs }) => runs.includes(run)));
  return (own ?? ranking[0])?.entries[0]?.run;
}
