/** Takes along what the table shows. */
import { copyText } from '../copy.ts';
import { h } from '../dom.ts';
import { dropDown } from '../drop-down.ts';
import type { PageState } from '../state.ts';
import { fileName } from './export-name.ts';
import { exported, exportedText, extensions, type Format, formats } from './exported.ts';
import type { TableModel } from './table-model.ts';

export function exportMenu(state: PageState, model: TableModel): HTMLElement {
  const said = h('p.note', { role: 'status' });
  const text = (format: Format) => {
    const { baseline } = model.beside();
    const shown = model.rows();
    const rows = baseline === undefined ? shown : [baseline, ...shown.filter((row) => row !== baseline)];
    return exportedText(exported(model.shownColumns(), rows, model.beside(), model.isGrouped()), format);
  };
  const offers = formats.map((format) => {
    const save = () => download(`${fileName(state.comparison.title)}.${extensions[format]}`, text(format));
    const copy = async () => {
      said.textContent = (await copyText(text(format))) ? `${format} is copied.` : 'This browser lets no page copy.';
    };
    const button = (what: string, act: () => void) =>
      h('button.quiet', { type: 'button', onclick: act, 'aria-label': `${what} as ${format}` }, what);
    return h(
      'div.offer',
      {},
      h('span', {}, format),
      button('Download', save),
      button('Copy', () => void copy()),
    );
  });
  const note = h('p.note', {}, 'The rows and columns that are shown, in this order.');
  return dropDown('Export', h('div.columns', {}, ...offers, note, said), 'details.chooser.export');
}

/** Through an address that holds the text itself: nothing is asked of anyone. */
function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = h('a', { href: url, download: name });
  link.click(); // it is nowhere on the page: what closes menus hears nothing of it
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
