/** Runs of one setting under other seeds or folds. */
import type { ComparedRun } from '../comparison.ts';
import type { PageState } from './state.ts';

/** A param that is there to be varied while the setting stays: `seed`, `split.seed`, `split.fold`. */
const isReplicate = (param: string) => /(^|\.)(seed|fold)$/.test(param);

/** Params in which the runs of one setting differ: those a study names, else those that are called so. */
export function replicateParams({ comparison, differing }: Pick<PageState, 'comparison' | 'differing'>): string[] {
  const named = comparison.study?.replicates ?? [];
  return differing.filter((name) => (named.length > 0 ? named.includes(name) : isReplicate(name)));
}

/** What a run has of some params, as a key: not to have one is another setting than to have null. */
export function valuesKey({ params }: ComparedRun, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => (params[name] === undefined ? [] : [params[name]])));
}

/** What runs of one setting have in common: all params that differ between runs, but those. */
export function settingOf(state: Pick<PageState, 'comparison' | 'differing'>): (run: ComparedRun) => string {
  const varied = replicateParams(state);
  const kept = state.differing.filter((name) => !varied.includes(name));
  return (run) => valuesKey(run, kept);
}

/** All runs of the run's setting and comparable group, itself included; where no such param differs, it alone. */
export function replicatesOf(state: PageState, run: ComparedRun): ComparedRun[] {
  const { comparison, rankBy } = state;
  const [varied, setting] = [replicateParams(state), settingOf(state)];
  const group = (other: ComparedRun) => (rankBy === undefined ? undefined : other.metrics[rankBy]?.group);
  const own = setting(run);
  const same = comparison.runs.filter((other) => setting(other) === own && group(other) === group(run));
  return [...new Map([...same, run].map((other) => [valuesKey(other, varied), other])).values()];
}
