/** What is a point or a line when settings are explored: a run, or in a study with replicates a trial. */
import type { ComparedRun, ComparedTrial, Comparison } from '../../comparison.ts';
import { pushTo } from '../../ranking.ts';

export interface Item {
  /** Itself, or of a trial the first of its runs. */
  readonly run: ComparedRun;
  /** It alone, or all of the trial. */
  readonly runs: readonly ComparedRun[];
  readonly trial?: ComparedTrial;
  /** Of a study with replicates, where its trial did not come to a mean: it has a setting and no value. */
  readonly isLeftover: boolean;
}

/**
 * In the order of the comparison. Where there are trials, runs of none are here if they did not come to an end: they say
 * where a search failed. Others would stand beside means as if they were one.
 */
export function itemsOf({ runs, trials = [] }: Pick<Comparison, 'runs' | 'trials'>): Item[] {
  if (trials.length === 0) return runs.map((run) => ({ run, runs: [run], isLeftover: false }));
  const trialOf = new Map(trials.flatMap((trial) => trial.runs.map((hash) => [hash, trial] as const)));
  const members = new Map<ComparedTrial, ComparedRun[]>();
  for (const run of runs) {
    const trial = trialOf.get(run.configHash);
    if (trial !== undefined) pushTo(members, trial, run);
  }
  const seen = new Set<ComparedTrial>();
  return runs.flatMap((run): Item[] => {
    const trial = trialOf.get(run.configHash);
    if (trial === undefined) return run.status === 'complete' ? [] : [{ run, runs: [run], isLeftover: true }];
    if (seen.has(trial)) return [];
    seen.add(trial);
    return [{ run, runs: members.get(trial) ?? [run], trial, isLeftover: false }];
  });
}
