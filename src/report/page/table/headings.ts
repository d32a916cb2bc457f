/** The headings of the table: a click, Enter or Space sorts; they say how it is sorted. */
import type { RunsTable } from './runs-table.ts';
import type { TableModel } from './table-model.ts';

export interface Headings {
  /** After the columns were drawn anew. */
  show(): void;
  /** @returns whether it is a heading */
  act(element: Element): boolean;
}

export function headings(host: HTMLElement, model: TableModel, table: RunsTable): Headings {
  const show = () => {
    const sort = model.sort();
    for (const heading of host.querySelectorAll<HTMLElement>('.tabulator-col')) {
      heading.tabIndex = 0;
      const direction = sort?.isAscending === true ? 'ascending' : 'descending';
      heading.setAttribute('aria-sort', heading.getAttribute('tabulator-field') === sort?.column ? direction : 'none');
    }
  };
  const act = (element: Element) => {
    const field = element.closest('.tabulator-col')?.getAttribute('tabulator-field');
    const column = model.columns().find(({ id }) => id === field);
    if (column === undefined) return false;
    model.sortBy(column);
    table.arrange();
    show();
    host.querySelector('.tabulator-tableholder')?.scrollTo({ top: 0 });
    return true;
  };
  host.addEventListener('click', ({ target }) => {
    if (target instanceof Element) act(target);
  });
  table.whenBuilt(show);
  return { show: () => table.whenBuilt(show), act };
}
