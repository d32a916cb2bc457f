/** Which values of a metric are better, as far as it is declared. */
import { splitName } from './metric-names.ts';
import type { Goal, Pipeline } from './types.ts';

/** Goals are declared by name or glob; the first that matches counts. */
export function goalAmong(goals: Readonly<Record<string, Goal>>, name: string): Goal | null {
  const matches = (pattern: string) => {
    const literals = pattern.split('*').map((text) => text.replaceAll(/[^A-Za-z0-9]/g, '\\$&'));
    return new RegExp(`^${literals.join('.*')}$`).test(name);
  };
  return Object.entries(goals).find(([pattern]) => matches(pattern))?.[1] ?? null;
}

/** @param metric in full: `evaluate.ndcg@10`, or a series: `train.loss` */
export function declaredGoal({ stages }: Pipeline, metric: string): Goal | null {
  const [name, own] = splitName(metric);
  const stage = stages.get(name);
  const files = Object.values(stage?.outs ?? {}).map(({ metrics }) => goalAmong(metrics?.goal ?? {}, own));
  return files.find((goal) => goal !== null) ?? stage?.series[own]?.goal ?? null;
}
