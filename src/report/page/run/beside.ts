/** The run that the one in depth is set beside: the best, the baseline, or whichever the reader names. */
import type { ComparedRun } from '../../comparison.ts';
import { runId, runName } from '../format.ts';
import type { PageState } from '../state.ts';

/** `best`, `baseline`, or a run by name. */
export type BesideChoice = string;

export const usual: BesideChoice = 'best';
export const besideKey = 'beside';

/** Another run, and what it is called above its values: on paper nobody sees what was chosen. */
export interface Other {
  readonly run: ComparedRun;
  readonly title: string;
}

export function otherOf(state: PageState, run: ComparedRun, choice: BesideChoice): Other | undefined {
  const other = runBeside(state, run, choice);
  const titles: Readonly<Record<string, string>> = { [usual]: 'The best', baseline: 'The baseline' };
  return other === undefined ? undefined : { run: other, title: titles[choice] ?? state.hashText(other) };
}

/** Undefined where there is none, or it is the run itself. */
export function runBeside(state: PageState, run: ComparedRun, choice: BesideChoice): ComparedRun | undefined {
  const other =
    choice === 'baseline'
      ? state.baseline.run()
      : choice === usual
        ? bestBeside(state, run)
        : state.comparison.runs.find((one) => runName(one) === choice);
  return other === run ? undefined : other;
}

/** The best run of those whose values may be ranked with this one's; of all, where it has no value. */
export function bestBeside({ ranking }: Pick<PageState, 'ranking'>, run: ComparedRun): ComparedRun | undefined {
  const own = ranking.find(({ entries }) => entries.some(({ runs }) => runs.includes(run)));
  return (own ?? ranking[0])?.entries[0]?.run;
}

/** In the order of the ranking, at most so many. */
export function offered({ sections }: Pick<PageState, 'sections'>, most: number): readonly ComparedRun[] {
  return sections.flatMap(({ runs }) => runs).slice(0, most);
}

/** The one run whose name begins so. */
export function runNamed(runs: readonly ComparedRun[], typed: string): ComparedRun | undefined {
  const text = typed.trim().toLowerCase();
  if (text.length < 4) return undefined;
  const [found, ...more] = runs.filter((run) => runId(run).startsWith(text) || runName(run) === text);
  return more.length === 0 ? found : undefined;
}
