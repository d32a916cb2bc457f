/** What is said of a trial whose owner died, and whether it is begun again. */
import { isOutOfMemory, type ProcessIdentity, type TrialLeft } from '../events.ts';
import type { Died } from '../store/claims.ts';
import { currentProcess } from '../store/process-identity.ts';
import type { StudyDefinition } from './definition.ts';
import type { StudyTrial } from './study-state.ts';

/** So often a trial is begun again after its process died: one that takes its process with it is not the study's end. */
const mostDeaths = 3;

/** Why it is gone: what is known of that, or else that it is. */
export function deathOf({ by, why }: Died): string {
  if (why !== undefined) return why;
  const isOwn = by.slurm !== undefined && by.slurm.job === currentProcess().slurm?.job; // as it was before
  return isOwn ? `job ${by.slurm.job} was requeued` : `its process on ${placeOf(by)} died`;
}

/** That its owner is gone, as it is put on record. */
export function leaving({ name }: StudyDefinition, trial: number, by: ProcessIdentity, reason: string): TrialLeft {
  return { type: 'trial-left', at: Date.now(), study: name, trial, by, reason };
}

/** Where a process runs, for people. */
export function placeOf({ host, slurm }: ProcessIdentity): string {
  return slurm === undefined ? host : `${host}, in job ${slurm.job},`;
}

/**
 * @param trial with what was put on record of who left it, the last one that died among them
 * @param deaths how many owners in a row died
 * @returns why it fails rather than being begun once more
 */
export function diedTooOften(definition: StudyDefinition, trial: StudyTrial, died: Died, deaths: number) {
  const { retriesOutOfMemory } = definition;
  if (retriesOutOfMemory !== undefined && isOutOfMemory(deathOf(died))) {
    const times = trial.left.filter(({ reason }) => isOutOfMemory(reason)).length;
    if (times > retriesOutOfMemory) return deathOf(died);
  }
  if (deaths <= mostDeaths) return undefined;
  const reason = died.why === undefined ? '' : `, at last as ${died.why}`;
  return `the process that ran it died ${deaths} times${reason}`;
}
