/** The rows of the table: a run each, or all runs of a setting that differ in nothing but their seeds and folds. */
import type { ComparedRun } from '../../comparison.ts';
import { pushTo } from '../../ranking.ts';
import { settingOf } from '../replicates.ts';
import type { PageState } from '../state.ts';

export interface TableRow {
  /** All that the row is of, shown or not. */
  readonly all: readonly ComparedRun[];
  /** Those that the filter lets through. */
  runs: readonly ComparedRun[];
  /** Place of its comparable group among them: sorting never mixes groups. */
  readonly section: number;
}

type Sections = Pick<PageState, 'comparison' | 'differing' | 'sections'>;

/** In the order of the ranking. */
export function runRows({ sections }: Sections): TableRow[] {
  return sections.flatMap(({ runs }, section) => runs.map((run) => ({ all: [run], runs: [run], section })));
}

/** A setting in two comparable groups is two rows. Its runs without a value join the others where these are of one group. */
export function settingRows(state: Sections): TableRow[] {
  const { sections } = state;
  const unranked = sections.findIndex(({ group }) => group === null);
  const rows: TableRow[] = [];
  for (const bySection of settingsOf(state).values()) {
    const ranked = [...bySection.keys()].filter((section) => section !== unranked);
    const [only] = ranked;
    const lost = bySection.get(unranked) ?? [];
    const joins = ranked.length === 1 && lost.length > 0;
    for (const [section, runs] of bySection) {
      if (joins && section === unranked) continue;
      const all = joins && section === only ? [...runs, ...lost] : runs;
      rows.push({ all, runs: all, section });
    }
  }
  return rows;
}

function settingsOf(state: Sections): Map<string, Map<number, ComparedRun[]>> {
  const setting = settingOf(state);
  const settings = new Map<string, Map<number, ComparedRun[]>>();
  for (const [section, { runs }] of state.sections.entries())
    for (const run of runs) {
      const key = setting(run);
      const bySection = settings.get(key) ?? new Map<number, ComparedRun[]>();
      settings.set(key, bySection);
      pushTo(bySection, section, run);
    }
  return settings;
}

/** One value for each config: a config that was run twice is no second draw. The later attempt counts. */
export function replicatesIn({ runs }: Pick<TableRow, 'runs'>): readonly ComparedRun[] {
  if (runs.length === 1) return runs;
  const last = new Map<string, ComparedRun>();
  for (const run of runs) {
    const other = last.get(run.configHash);
    if (other === undefined || other.attempt < run.attempt) last.set(run.configHash, run);
  }
  return [...last.values()];
}
