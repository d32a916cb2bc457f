/** How a run came to nothing, and what is to be known of it. */
import type { ComparedRun } from '../comparison.ts';

/** Why a run came to no end of its own; empty where it did. */
export function reasonOf({ status, stages }: ComparedRun): string {
  const failed = stages.find(
    ({ outcome, failure }) => failure !== null && (outcome === 'failed' || outcome === 'pruned'),
  );
  if (failed !== undefined) return `${failed.name}: ${failed.failure}`;
  if (status !== 'killed' && status !== 'cancelled') return '';
  const begun = stages.filter(({ outcome, startedMs }) => outcome === 'cancelled' && startedMs !== null);
  const during = begun.length === 0 ? '' : ` during ${begun.map(({ name }) => name).join(', ')}`;
  return status === 'killed' ? `its process was gone${during}` : `was interrupted${during}`;
}

/** Which stages newer runs computed by other code; empty where none. */
export function olderText({ olderCode }: ComparedRun): string {
  return olderCode.length === 0 ? '' : `older code: ${olderCode.map(({ stage }) => stage).join(', ')}`;
}

/** The same with what changed since. */
export function olderInFull({ olderCode }: ComparedRun): string {
  const stages = olderCode.map(({ stage, changed }) => `${stage} (${changed.join(', ')})`);
  return stages.length === 0 ? '' : `A newer run computed with other code, packages or runtime: ${stages.join('; ')}`;
}

/** Which stages once came out otherwise under the same key; empty where none is known to. */
export function unsteadyText({ nondeterministic }: ComparedRun): string {
  if (nondeterministic.length === 0) return '';
  return `not deterministic: with all that went in the same, ${nondeterministic.join(', ')} came out otherwise`;
}
