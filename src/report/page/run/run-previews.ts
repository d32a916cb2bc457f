/** What a run's outputs look like, as far as the page has them. Whatever a file holds is shown as text, or as an image. */
import { formatSize } from '../../../logging/numbers.ts';
import type { ComparedRun, NamedPreview } from '../../comparison.ts';
import { previewKey } from '../../preview-key.ts';
import { mostFiles, mostImageBytes, mostLines, mostRows } from '../../preview-limits.ts';
import { h, table } from '../dom.ts';
import type { PageState } from '../state.ts';

/** Images are open, as they are looked at; tables and texts are folded. */
export function runPreviews({ comparison }: PageState, run: ComparedRun): HTMLElement | null {
  const shown = run.stages.flatMap((stage) =>
    stage.outputs.flatMap((output) => {
      const found = run.isBrief ? [] : (comparison.previews?.[previewKey(output)] ?? []);
      return found.map((one) => preview(`${stage.name}.${output.name}${one.path === '' ? '' : ` ${one.path}`}`, one));
    }),
  );
  if (shown.length === 0) return null;
  return h('div.previews', {}, ...shown);
}

export const previewLimits =
  `Previews: images up to ${formatSize(mostImageBytes)}, the first ${mostRows} rows of tables, ` +
  `the first ${mostLines} lines of texts, ${mostFiles} files of a folder.`;

function preview(name: string, shown: NamedPreview): HTMLElement {
  const summary = h('summary', {}, `${name} `, h('span.muted', {}, inWords(shown)));
  return h(`details.folded.preview.${shown.kind}`, { open: shown.kind === 'image' }, summary, content(name, shown));
}

function inWords(shown: NamedPreview): string {
  if (shown.kind === 'image') return '';
  if (shown.kind === 'table') return shown.isWhole ? 'table' : 'table, its beginning';
  return shown.isWhole ? 'text' : 'text, its beginning';
}

function content(name: string, shown: NamedPreview): HTMLElement {
  switch (shown.kind) {
    case 'image':
      return h('img', { src: shown.source, alt: name });
    case 'text':
      return h('pre', { tabindex: '0', 'aria-label': name }, shown.text);
    case 'table': {
      const [headings = [], ...rows] = shown.rows;
      const isNumber = (at: number) =>
        rows.length > 0 && rows.every((row) => /^-?[\d.]+(e[-+]?\d+)?$/i.test(row[at] ?? ''));
      return table(
        headings,
        rows,
        headings.flatMap((_, at) => (isNumber(at) ? [at] : [])),
      );
    }
  }
}
