/** Which attempts keep their results, by what people said of them and by a policy. */
import { UserError } from '../errors.ts';
import { canonicalJson } from '../hash.ts';
import type { JsonValue } from '../pipeline/types.ts';
import type { AttemptReason } from '../store/collect.ts';
import type { Index } from './open-index.ts';
import type { MetricRow, RunRow } from './rows.ts';

export interface KeepPolicy {
  /** The newest attempts, so many. */
  readonly last?: number;
  /** The best, so many among those whose values may be compared. */
  readonly best?: { readonly count: number; readonly metric: string };
  readonly youngerThanMs?: number;
}

/**
 * Attempts, as `HASH@2`: those that are neither pinned, tagged, running nor kept by the policy, and of the others why.
 * Throws {@link UserError} where no run has the policy's metric, or it has no goal.
 */
export async function keptAttempts(index: Index, policy: KeepPolicy, nowMs: number) {
  const rows = await index.allAttempts();
  const { last = 0, best, youngerThanMs = 0 } = policy;
  const bestIds = best === undefined ? new Set() : await bestOf(index, rows, best);
  const reason = (row: RunRow, position: number): AttemptReason | undefined => {
    if (row.pinned) return 'pinned';
    if (row.tags.length > 0) return 'tagged';
    if (row.status === 'running') return 'running';
    if (bestIds.has(row.attemptId)) return 'best';
    if (position < last) return 'last';
    return (row.finishedAt ?? row.startedAt) > nowMs - youngerThanMs ? 'younger' : undefined;
  };
  const dropped = new Set<string>();
  const because = new Map<string, AttemptReason>();
  for (const [position, row] of rows.entries()) {
    const why = reason(row, position);
    if (why === undefined) dropped.add(nameOf(row));
    else because.set(nameOf(row), why);
  }
  return { dropped, because };
}

const nameOf = ({ configHash, attempt }: RunRow) => `${configHash}@${attempt}`;

/** Ids of the best of each group of values that may be compared. Attempts of one run with the same value count once. */
async function bestOf(index: Index, rows: readonly RunRow[], { count, metric }: NonNullable<KeepPolicy['best']>) {
  const values = (await index.metrics(rows.map(({ attemptId }) => attemptId))).filter(({ name }) => name === metric);
  const goal = values.find((value) => value.goal !== null)?.goal;
  if (values.length === 0) throw new UserError(`no run has the metric ${metric}`, 'retrial runs lists them');
  if (goal === undefined || goal === null)
    throw new UserError(`the metric ${metric} has no goal`, 'say in pipeline.yaml whether to maximize or minimize it');
  const sign = goal === 'maximize' ? -1 : 1;
  const ranked = values
    .filter((row): row is MetricRow & { value: number } => row.value !== null)
    .sort((a, b) => sign * (a.value - b.value));
  const runOf = new Map(rows.map(({ attemptId, configHash }) => [attemptId, configHash]));
  const taken = new Map<string, Set<string>>();
  const best = new Set<number>();
  for (const { attemptId, comparable, value } of ranked) {
    const group = canonicalJson(comparable as JsonValue);
    const counted = taken.get(group) ?? new Set();
    taken.set(group, counted);
    counted.add(`${runOf.get(attemptId)} ${value}`);
    if (counted.size <= count) best.add(attemptId);
  }
  return best;
}
