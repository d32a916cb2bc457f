/** How a run, or a value, came to nothing. */
import type { ComparedRun } from '../comparison.ts';
import { h } from './dom.ts';

/** Why a run failed; empty where it did not. */
export function reasonOf(run: ComparedRun): string {
  const failed = run.stages.find((stage) => stage.failure !== null && stage.outcome === 'failed');
  return failed === undefined ? '' : `${failed.name}: ${failed.failure}`;
}

/** Which stages once came out otherwise under the same key; empty where none is known to. */
export function unsteadyText({ nondeterministic }: ComparedRun): string {
  if (nondeterministic.length === 0) return '';
  return `not deterministic: with all that went in the same, ${nondeterministic.join(', ')} came out otherwise`;
}

/** @param text NaN, or which infinity */
export function diverged(text: string | undefined): HTMLElement {
  const what = text === undefined ? 'diverged' : `diverged (${text})`;
  return h('span.diverged', { title: 'no finite number: never ranked, never best' }, what);
}
