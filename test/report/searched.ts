/** A search of params of every kind: on a log scale, whole numbers, a choice, and one that only a choice has. */
import type { Comparison } from '../../src/report/comparison.ts';
import { comparison, runOf } from './fixture.ts';

export const searchedCount = 60;

/** Of trial 7 the process failed, 11 was pruned, 13 diverged. */
export function searched(): Comparison {
  const runs = Array.from({ length: searchedCount }, (_, trial) => {
    const loss = ['vanilla', 'wgan', 'hinge'][trial % 3] ?? '';
    const lr = Number((10 ** (-5 + ((trial * 7) % searchedCount) / 20)).toPrecision(4));
    const params = {
      ...{ 'model.loss': loss, 'model.learning_rate': lr, 'model.hidden': 16 * (1 + ((trial * 11) % 8)) },
      ...(loss === 'wgan' ? { 'model.critic_steps': 1 + (trial % 5) } : {}),
    };
    const value = 0.5 - 0.1 * Math.abs(Math.log10(lr) + 3.5) + 0.02 * (trial % 3);
    const startedAt = new Date(Date.UTC(2026, 0, 2, 3, trial)).toISOString();
    if (trial === 7) return runOf(trial, params, 0, { status: 'failed', metrics: {}, startedAt });
    if (trial === 11) return runOf(trial, params, 0, { status: 'pruned', metrics: {}, startedAt });
    const metrics = {
      'validate.ndcg@10': trial === 13 ? { value: null, text: 'NaN', group: 'v' } : { value, group: 'v' },
      'validate.loss': { value: 1 - value + ((trial * 13) % 10) / 50, group: 'v' },
    };
    return runOf(trial, params, value, { metrics, startedAt });
  });
  return comparison(runs, {
    title: 'Study search',
    metrics: {
      'validate.ndcg@10': { stage: 'validate', goal: 'maximize', holdout: false },
      'validate.loss': { stage: 'validate', goal: 'minimize', holdout: false },
    },
    groups: { v: { label: '', components: {} } },
    series: {},
  });
}
