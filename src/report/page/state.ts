/** What the panels share: the comparison, names that are short and unique, what is best, and the run that is selected. */
import type { Goal, JsonValue } from '../../pipeline/types.ts';
import type { ComparedRun, Comparison } from '../comparison.ts';
import { namesIn } from '../names-in.ts';
import { differingParams, goalOf as goalIn, type RankedSection, rank, shortNames } from '../ranking.ts';
import { bestValues } from './best-values.ts';
import { type Chosen, chosenRun } from './chosen-run.ts';
import { type Filtering, filtering } from './filtering.ts';
import { byNumbers, decimalsOf, fixedText, type ParamWords, runId, settingsText, short } from './format.ts';
import { namingParams } from './naming.ts';
import { paramTexts } from './param-texts.ts';
import { type Entry, type EntrySection, entrySections } from './ranking/entries.ts';
import type { View } from './view.ts';

export interface PageState extends ParamWords {
  readonly comparison: Comparison;
  /** What the reader has set. */
  readonly view: View;
  readonly filter: Filtering;
  /** The run that is shown in depth. */
  readonly selection: Chosen;
  /** The run that others are compared with, where the reader chose one. */
  readonly baseline: Chosen;
  /** Params that are not the same in all runs. */
  readonly differing: readonly string[];
  readonly rankBy: string | undefined;
  readonly goal: Goal;
  readonly sections: readonly RankedSection<ComparedRun>[];
  /** What is ranked: the runs, or the trials of a study with replicates. */
  readonly ranking: readonly EntrySection[];
  /** Params with so few values that they can be laid side by side, or told by colours, and how many. */
  readonly splitChoices: readonly { readonly name: string; readonly values: number }[];
  /** Param whose values are laid side by side and coloured. */
  readonly splitBy: string | undefined;
  goalOf(metric: string): Goal | undefined;
  /** Params to name the run by. */
  namedBy(run: ComparedRun): readonly string[];
  /** What tells the run from the others in words; its hash where nothing does. */
  label(run: ComparedRun): string;
  /** What tells an entry of the ranking from the others: of a trial without the params that its runs differ in. */
  entryLabel(entry: Pick<Entry, 'run'>): string;
  /** Hash, and attempt where a config is here more than once. */
  hashText(run: ComparedRun): string;
  /** A metric's value with as many decimals as all its values. */
  metricText(metric: string, value: number): string;
  /** The best value of a group; undefined where nothing is to be chosen from. */
  bestOf(metric: string, group: string): number | undefined;
  isBest(run: ComparedRun, metric: string): boolean;
  /** What values of a group have in common that others have not; empty for the only one. */
  groupLabel(group: string | null): string;
  /** {@link runId} → the run. */
  runOf(id: string): ComparedRun | undefined;
}

export function pageState(comparison: Comparison, view: View): PageState {
  const { runs, study, trials = [] } = comparison;
  const byId = new Map(runs.map((run) => [runId(run), run]));
  const differing = differingParams(runs);
  const names = shortNames(namesIn(runs, 'params'));
  const rankBy = comparison.rankBy ?? study?.metric.name;
  const goalOf = (metric: string) => goalIn(comparison, metric);
  const goal = (rankBy === undefined ? undefined : goalOf(rankBy)) ?? 'maximize';
  const arms = study?.arms ?? [];
  const words: ParamWords = { arms, paramName: (name) => names.get(name) ?? name, paramText: paramTexts(runs) };
  const bestOf = bestValues(runs, goalOf);
  const sections = rankBy === undefined ? [{ group: null, runs }] : rank(runs, rankBy, goal);
  const splitChoices = choicesOf(runs, differing);
  const namedBy = namingParams(runs, sections, differing, arms);
  return {
    ...{ comparison, view, differing, rankBy, goal, goalOf, sections, namedBy, ...words, bestOf },
    ...labels(runs, namedBy, words, trials.length > 0 ? (study?.replicates ?? []) : []),
    ...{ filter: filtering(runs), runOf: (id) => byId.get(id) },
    ...{ selection: chosenRun(runs, view, 'run'), baseline: chosenRun(runs, view, 'base') },
    ranking: entrySections(comparison, sections, rankBy),
    splitChoices,
    splitBy: splitParam(comparison, differing, splitChoices),
    metricText: metricText(runs),
    isBest: (run, metric) => {
      const found = run.metrics[metric];
      return found !== undefined && found.value !== null && bestOf(metric, found.group) === found.value;
    },
    groupLabel: (group) => comparison.groups[group ?? '']?.label ?? '',
  };
}

function labels(
  runs: readonly ComparedRun[],
  namedBy: PageState['namedBy'],
  names: ParamWords,
  replicates: readonly string[],
) {
  const attempts = new Map<string, number>();
  for (const { configHash } of runs) attempts.set(configHash, (attempts.get(configHash) ?? 0) + 1);
  const again = (run: ComparedRun) => (attempts.get(run.configHash) ?? 0) > 1;
  const hashText = (run: ComparedRun) => `${short(run.configHash)}${again(run) ? `@${run.attempt}` : ''}`;
  const label = (run: ComparedRun) => {
    const words = settingsText(run, namedBy(run), names);
    if (words === '') return hashText(run);
    return again(run) ? `${words} · attempt ${run.attempt}` : words;
  };
  const entryLabel = ({ run }: Pick<Entry, 'run'>) => {
    if (replicates.length === 0) return label(run);
    const own = namedBy(run).filter((name) => !replicates.includes(name));
    return settingsText(run, own, names) || hashText(run);
  };
  return { hashText, label, entryLabel };
}

function metricText(runs: readonly ComparedRun[]): PageState['metricText'] {
  const decimals = new Map<string, number>();
  return (metric, value) => {
    const known = decimals.get(metric);
    if (known !== undefined) return fixedText(value, known);
    const values = runs.flatMap((run) => run.metrics[metric]?.value ?? []);
    decimals.set(metric, decimalsOf(values));
    return fixedText(value, decimalsOf(values));
  };
}

const mostPanels = 6;

/** The study's own, else the differing param with the fewest values; one that only replicates a setting where there is no other. */
function splitParam(
  comparison: Comparison,
  differing: readonly string[],
  splitChoices: PageState['splitChoices'],
): string | undefined {
  if (comparison.splitBy !== undefined && differing.includes(comparison.splitBy)) return comparison.splitBy;
  const choices = splitChoices.toSorted((a, b) => a.values - b.values);
  const replicates = comparison.study?.replicates ?? [];
  return (choices.find(({ name }) => !replicates.includes(name)) ?? choices[0])?.name;
}

function choicesOf(runs: readonly ComparedRun[], differing: readonly string[]): PageState['splitChoices'] {
  const counted = differing.map((name) => ({ name, values: fewValues(runs, name, mostPanels)?.length ?? 0 }));
  return counted.filter(({ values }) => values > 0);
}

/** Values of a param as JSON, numbers by size; runs without it are left out. */
export function splitValues(runs: readonly ComparedRun[], param: string): string[] {
  return fewValues(runs, param, runs.length) ?? [];
}

/** The same; undefined where there are more than `most`. */
export function fewValues(runs: readonly ComparedRun[], param: string, most: number): string[] | undefined {
  const values = new Map<JsonValue, string>();
  for (const { params } of runs) {
    const value = params[param];
    if (value === undefined) continue;
    const key = typeof value === 'object' ? JSON.stringify(value) : value;
    if (!values.has(key)) values.set(key, JSON.stringify(value));
    if (values.size > most) return undefined;
  }
  return [...new Set(values.values())].sort(byNumbers);
}
