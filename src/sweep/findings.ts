/** What can be told of a finished study beyond its means. */
import type { Layout } from '../store/layout.ts';
import type { Leaderboard, RankedTrial } from './leaderboard.ts';
import type { SweepSpec } from './spec.ts';
import type { StudyState } from './study-state.ts';

export interface Estimate {
  readonly interval?: readonly [number, number];
  /** By which method, or why there is none. */
  readonly how: string;
}

export interface Findings {
  readonly best: RankedTrial | undefined;
  /** In words, whether the best can be told from the second. */
  readonly verdict: string;
  /** By trial. */
  readonly intervals: ReadonlyMap<number, Estimate>;
  /** Of a stratified study: the best of each arm. */
  readonly arms: readonly string[];
  /** Of each finalist what it came to. */
  readonly finals: readonly { readonly trial: number; readonly lines: readonly string[] }[];
}

export async function findings(
  _spec: SweepSpec,
  board: Leaderboard,
  _state: StudyState,
  _layout: Layout,
): Promise<Findings> {
  return { best: board.ranked[0], verdict: '', intervals: new Map(), arms: [], finals: [] };
}
