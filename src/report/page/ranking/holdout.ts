/** How often each held-out part has been looked at, by any run on record: what is looked at often is held out no more. */
import { h } from '../dom.ts';
import type { PageState } from '../state.ts';

export function holdoutNotes(state: PageState): HTMLElement | null {
  const { holdout, metrics } = state.comparison;
  const parts = new Map<string, { stage: string; label: string; configs: number }>();
  for (const { metric, group, configs } of holdout) {
    const stage = metrics[metric]?.stage ?? metric;
    const known = parts.get(`${stage} ${group}`);
    parts.set(`${stage} ${group}`, {
      ...{ stage, label: state.groupLabel(group) },
      configs: Math.max(configs, known?.configs ?? 0),
    });
  }
  const notes = [...parts.values()].map(({ stage, label, configs }) => {
    const where = label === '' ? '' : ` (${label})`;
    const said = `Held-out part of ${stage}${where}: scored by ${configs === 1 ? 'one config' : `${configs} configs`} so far.`;
    const isWorn = configs > 1;
    const why = isWorn ? ' The best of them is flattered by having been looked for here.' : '';
    return h(isWorn ? 'p.note.warning' : 'p.note', {}, `${said}${why}`);
  });
  return notes.length === 0 ? null : h('aside.holdout', { 'aria-label': 'Held-out data' }, ...notes);
}
