/** What a study searched in one of its phases, made again from what the phase was begun with. */
import type { StudyStarted } from '../events.ts';
import type { Goal } from '../pipeline/types.ts';
import { constraint, UnknownName } from './constraints.ts';
import type { StudyDefinition } from './definition.ts';
import type { SamplerSpec } from './sampler.ts';
import type { Dimension, Point } from './search-space.ts';

/** The parts of a study's identity that suggestions depend on. */
interface RecordedSearch {
  readonly sampler: SamplerSpec;
  readonly parameters: Readonly<Record<string, Omit<Dimension, 'name'>>>;
  readonly constraints?: readonly string[];
  readonly stratify?: readonly string[];
  readonly pruner?: { readonly metric?: { readonly goal?: Goal } };
  readonly params?: Point;
}

/** What constraints may name besides parameters, as it is today; the record does not have all of it. */
export interface PointParams {
  readonly fixed: Point;
  /** Those of them that depend on the point. */
  readonly laid?: (point: Point) => Point;
}

/**
 * @returns undefined where the record does not tell: it is of 0.1.0, or a constraint names a param that has gone since
 */
export function phaseDefinition(
  today: StudyDefinition,
  { spec, phase }: StudyStarted,
  { fixed, laid }: PointParams = { fixed: {} },
): StudyDefinition | undefined {
  if (phase === undefined) return undefined;
  const search = spec as unknown as RecordedSearch;
  const space = Object.entries(search.parameters).map(([name, dimension]): Dimension => ({ name, ...dimension }));
  const swept = space.map(({ name }) => name);
  const [{ goal }] = today.metrics;
  try {
    return {
      ...today,
      ...{ space, sampler: search.sampler, stratify: search.stratify ?? [] },
      constraints: (search.constraints ?? []).map((text) =>
        constraint(text, swept, { ...fixed, ...search.params }, laid),
      ),
      prunedGoal: search.pruner?.metric?.goal ?? goal,
    };
  } catch (error) {
    if (error instanceof UnknownName) return undefined;
    throw error;
  }
}
