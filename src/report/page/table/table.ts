/** The table of runs: sorted, filtered, with the columns one wants; groups that are not comparable stay apart. */
import type { ComparedRun } from '../../comparison.ts';
import { checkbox, h, section } from '../dom.ts';
import { replicateParams } from '../replicates.ts';
import type { PageState } from '../state.ts';
import { columnChooser } from './column-chooser.ts';
import { exportMenu } from './export-menu.ts';
import { headings } from './headings.ts';
import { type RunsTable, runsTable } from './runs-table.ts';
import type { TableRow } from './setting-rows.ts';
import { type TableModel, tableModel } from './table-model.ts';

/** A column for each param and metric; a click on a heading sorts, a click on a row selects. */
export function runTable(state: PageState): HTMLElement {
  const model = tableModel(state);
  const host = h('div.run-table');
  const marks = rowMarks(state);
  const table = runsTable(host, model, state, marks.mark);
  const heads = headings(host, model, table);
  const choose = (element: Element) => {
    const run = table.rowOf(element)?.runs[0];
    if (run !== undefined) state.selection.choose(run, true);
  };
  host.addEventListener('click', ({ target }) => {
    const row = target instanceof Element ? target.closest('.tabulator-row') : null;
    if (row !== null) choose(row);
  });
  host.addEventListener('keydown', (event) => {
    const { target, key } = event;
    if (!(target instanceof Element) || (key !== 'Enter' && key !== ' ')) return;
    if (target.matches('.tabulator-row')) choose(target);
    else if (!heads.act(target)) return;
    event.preventDefault();
  });
  state.filter.onFilter(() => table.arrange(model.refilter()));
  state.baseline.onChoice(() => table.redraw());
  state.selection.onChoice(marks.select);
  const note = 'A click on a heading sorts, one on a row shows that run in depth; the pin makes a run the baseline.';
  const onPaper = table.isLong
    ? h('p.note.on-paper', {}, 'The rows in sight; Export on the page has all of them.')
    : '';
  return section('runs', 'Runs', note, toolbar(state, model, table, heads.show), host, onPaper);
}

function toolbar(state: PageState, model: TableModel, table: RunsTable, headed: () => void): HTMLElement {
  const show = () => {
    table.setColumns();
    headed();
  };
  const chooser = columnChooser(model, show);
  const differing = checkbox('only params that differ', model.chosen.onlyDiffering(), (on) => {
    model.chosen.setOnlyDiffering(on);
    chooser.refresh();
    show();
  });
  const replicates = replicateParams(state);
  const seeds =
    replicates.length === 0
      ? null
      : checkbox(`group over ${replicates.map(state.paramName).join(', ')}`, model.isGrouped(), (on) => {
          model.group(on);
          chooser.refresh();
          table.arrange();
          show();
          table.redraw();
        });
  return h('div.toolbar', {}, seeds, differing, chooser.element, exportMenu(state, model));
}

/** Which row is of the run in depth, and which of runs that came to no end. */
function rowMarks(state: PageState) {
  const elements = new Map<ComparedRun, Set<HTMLElement>>();
  let selected = state.selection.run();
  const toggle = (run: ComparedRun | undefined, on: boolean) => {
    for (const element of elements.get(run as ComparedRun) ?? []) element.classList.toggle('is-selected', on);
  };
  return {
    mark: (element: HTMLElement, { all }: TableRow) => {
      element.tabIndex = 0;
      for (const run of all) elements.set(run, (elements.get(run) ?? new Set()).add(element));
      element.classList.toggle('is-selected', selected !== undefined && all.includes(selected));
      element.classList.toggle(
        'not-complete',
        all.every(({ status }) => status !== 'complete'),
      );
    },
    select: (run: ComparedRun | undefined) => {
      toggle(selected, false);
      selected = run;
      toggle(selected, true);
    },
  };
}
