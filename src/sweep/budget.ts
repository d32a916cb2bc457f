/** When a study has searched enough, apart from the number of its trials. */
import type { StudyPhase } from '../events.ts';
import { dominates } from '../statistics/pareto.ts';
import type { StudyDefinition } from './definition.ts';
import { seenTrials } from './seen.ts';
import type { StudyState } from './study-state.ts';

/** Whether as many finished trials as its patience allows, in the order of their numbers, brought nothing better. */
export function isSpent(definition: StudyDefinition, state: StudyState, phase: StudyPhase): boolean {
  const { patience } = definition.budget;
  if (patience === undefined) return false;
  const finished = seenTrials(definition, state, phase).filter((trial) => trial.state !== 'running');
  const front: (readonly number[])[] = [];
  let stale = 0;
  for (const { state: ended, losses } of finished) {
    const isBetter = ended === 'complete' && losses !== undefined && !front.some((known) => noWorse(known, losses));
    stale = isBetter ? 0 : stale + 1;
    if (isBetter && losses !== undefined) front.push(losses);
  }
  return front.length > 0 && stale >= patience;
}

const noWorse = (known: readonly number[], losses: readonly number[]) =>
  dominates(known, losses) || known.every((loss, m) => loss === losses[m]);
