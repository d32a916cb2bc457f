/**
 * Tree-structured Parzen estimator (Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization", section 4; Watanabe
 * 2023, "Tree-Structured Parzen Estimator", arXiv:2304.11127; Optuna's TPESampler): the good trials and the others each
 * give a density over the space, and of points drawn from that of the good the one is proposed at which it exceeds that of
 * the others most.
 */
import type { JsonValue } from '../../pipeline/types.ts';
import type { Sampler, SeenTrial, TpeSettings } from '../sampler.ts';
import { isActive, type Point, type SearchSpace } from '../search-space.ts';
import { groupsOf, suggestGroup } from './tpe/group.ts';

/** What a sweep file that says nothing has; for several metrics, too. */
export const tpeDefaults: Omit<TpeSettings, 'seed'> = {
  startupTrials: 10,
  candidates: 48,
  multivariate: true,
  constantLiar: true,
};

export function tpeSampler(space: SearchSpace, settings: TpeSettings): Sampler {
  const groups = groupsOf(space, settings.multivariate);
  const tells = ({ state, losses }: SeenTrial) =>
    state === 'running' ? settings.constantLiar : state === 'pruned' || (state === 'complete' && losses !== undefined);
  return {
    suggest(trial, seen) {
      const known = seen.filter(tells);
      const point: Record<string, JsonValue> = {};
      for (const group of groups)
        if (isActive(group.first, point)) Object.assign(point, suggestGroup(group, settings, trial, known));
      return inOrder(space, point);
    },
  };
}

/** With the names in the order of the space, as every sampler has them. */
function inOrder(space: SearchSpace, point: Point): Point {
  return Object.fromEntries(space.flatMap(({ name }) => (name in point ? [[name, point[name] as JsonValue]] : [])));
}
