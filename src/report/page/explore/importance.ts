/** Which params matter for the metric, by two measures that say so differently. */
import { type Child, h, table } from '../dom.ts';
import { cut } from '../format.ts';
import type { Exploring } from './exploring.ts';
import type { ExplorePanel } from './panel.ts';
import { bestOf, bestShare, fewestBest, pedAnova, sharesOf } from './ped-anova.ts';
import { varianceExplained } from './variance-explained.ts';

const longest = 48;
/** Below these nothing is computed: whatever came out would be read. */
const fewest = 10;

export function importancePanel(exploring: Exploring): ExplorePanel {
  const host = h('div');
  const draw = () => host.replaceChildren(...drawn(exploring));
  draw();
  return { element: host, draw, dispose: () => {} };
}

function drawn({ params, losses, isShown, counted, metric }: Exploring): Child[] & Node[] {
  const shown = losses.map((loss, at) => (isShown(at) ? loss : undefined));
  const best = bestOf(shown);
  const count = best.all.length;
  if (count < fewest)
    return [
      h('p.note', {}, `${counted(count)} with a value are too few to say which params matter: ${fewest} at least.`),
    ];
  if (best.best.length === count) return [h('p.note', {}, 'All values are the same: no param matters for them.')];
  const shares = sharesOf(params.map((column) => pedAnova(column, best)));
  const rows = params
    .map((column, at) => ({ column, share: shares[at] ?? 0, explained: varianceExplained(column, shown) }))
    .sort((a, b) => b.share - a.share || (b.explained ?? 0) - (a.explained ?? 0))
    .map(({ column, share, explained }) => [cut(column.label, longest), bar(share, 0), bar(explained, 1)]);
  const isThin = best.best.length < fewestBest;
  const warning = isThin
    ? h(
        'p.note.warning',
        {},
        `With ${counted(count)} the best tenth is ${counted(best.best.length)}: too few to believe the order. It takes ${fewestBest / bestShare}.`,
      )
    : null;
  const isOf = `Of ${counted(count)}${count < losses.filter((loss) => loss !== undefined).length ? ' that the filter keeps' : ''}.`;
  const said = h(
    'p.note',
    {},
    `${isOf} Among the best: PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023), how far the values of the best γ = ${bestShare * 100} % lie from those of all, as a part of the sum over params. Variance explained, by each param alone: the correlation ratio ε² (numbers cut into ten groups of equal size), corrected for chance; empty where the runs are too few for the values. Both tell what went with ${cut(metric.label, 60)} in what was tried, which a sampler that prefers some values bends.`,
  );
  const headings = ['Param', 'Among the best', 'Variance explained'];
  return [warning, h(isThin ? 'div.importances.is-thin' : 'div.importances', {}, table(headings, rows)), said].filter(
    (part) => part !== null,
  );
}

function bar(share: number | undefined, color: number): HTMLElement | string {
  if (share === undefined) return '';
  const percent = 100 * share;
  const text = percent === 0 ? '0 %' : percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
  const filled = h('span.bar-filled', { style: `width:${percent}%;background:var(--series-${color})` });
  return h('span.bar-cell', {}, h('span.bar-track', { 'aria-hidden': 'true' }, filled), h('span.number', {}, text));
}
