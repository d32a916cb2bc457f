import type { ComparedRun } from '../../comparison.ts';
import type { PageState } from '../state.ts';
import { cellText } from './table-cells.ts';
import { columnsOf } from './table-columns.ts';

/** All that can be read of a run in the table, in lower case; made when it is first asked for. */
export function readableText(state: PageState): (run: ComparedRun) => string {
  const columns = columnsOf(state);
  const known = new Map<ComparedRun, string>();
  return (run) => {
    const found = known.get(run);
    if (found !== undefined) return found;
    const words = columns.map(({ subject, title }) => `${title} ${cellText(run, subject, state)}`);
    const group = state.rankBy === undefined ? null : (run.metrics[state.rankBy]?.group ?? null);
    const text = [...words, run.configHash, state.groupLabel(group)].join(' ').toLowerCase();
    known.set(run, text);
    return text;
  };
}
