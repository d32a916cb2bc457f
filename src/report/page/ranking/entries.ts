/** What is ranked: runs, or in a study with replicates its trials, by the mean over their runs. */
import type { ComparedRun, Comparison } from '../../comparison.ts';
import { pushTo, type RankedSection } from '../../ranking.ts';

export interface Entry {
  /** The run to show and to have again: of a trial the first, as the sweep names it. */
  readonly run: ComparedRun;
  /** It alone, or all of the trial. */
  readonly runs: readonly ComparedRun[];
  readonly value: number;
}

export interface EntrySection {
  readonly group: string;
  /** Best first. */
  readonly entries: readonly Entry[];
}

export function entrySections(
  { trials = [], runs }: Comparison,
  sections: readonly RankedSection<ComparedRun>[],
  metric: string | undefined,
): EntrySection[] {
  if (metric === undefined) return [];
  if (trials.length > 0) return trialSections(trials, new Map(runs.map((run) => [run.configHash, run])));
  return sections.flatMap(({ group, runs: members }) => {
    if (group === null) return [];
    const entries = members.map((run) => ({ run, runs: [run], value: run.metrics[metric]?.value ?? Number.NaN }));
    return [{ group, entries }];
  });
}

function trialSections(
  trials: NonNullable<Comparison['trials']>,
  byHash: ReadonlyMap<string, ComparedRun>,
): EntrySection[] {
  const sections = new Map<string, Entry[]>();
  for (const { group, value, runs: hashes } of trials) {
    const runs = hashes.flatMap((hash) => byHash.get(hash) ?? []);
    const [run] = runs;
    if (run !== undefined) pushTo(sections, group, { run, runs, value });
  }
  return [...sections].map(([group, entries]) => ({ group, entries }));
}
