/** Which attempts keep their results, by what people said of them and by a policy. */
import { UserError } from '../errors.ts';
import { canonicalJson } from '../hash.ts';
import type { JsonValue } from '../pipeline/types.ts';
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
 * Attempts, as `HASH@2`, that are neither pinned, tagged, running nor kept by the policy. Throws {@link UserError} where
 * no run has the policy's metric, or it has no goal.
 */
export async function droppedAttempts(index: Index, policy: KeepPolicy, nowMs: number): Promise<Set<string>> {
  const rows = await index.allAttempts();
  const { last = 0, best, youngerThanMs = 0 } = policy;
  const bestIds = best === undefined ? new Set() : await bestOf(index, rows, best);
  const isKept = (row: RunRow, position: number) =>
    row.pinned ||
    row.tags.length > 0 ||
    row.status === 'running' ||
    position < last ||
    bestIds.has(row.attemptId) ||
    (row.finishedAt ?? row.startedAt) > nowMs - youngerThanMs;
  return new Set(rows.filter((row, position) => !isKept(row, position)).map(nameOf));
}

const nameOf = ({ configHash, attempt }: RunRow) => `${configHash}@${attempt}`;

/** Ids of the best of each group of values that may be compared. */
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
  const taken = new Map<string, number>();
  const best = new Set<number>();
  for (const { attemptId, comparable } of ranked) {
    const group = canonicalJson(comparable as JsonValue);
    const before = taken.get(group) ?? 0;
    taken.set(group, before + 1);
    if (before < count) best.add(attemptId);
  }
  return best;
}
