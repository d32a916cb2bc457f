/** What one worker does: points while there are any, then replicates of those in the race, then the final runs. */
import { isSearched } from './begin-study.ts';
import { finalsDue, runFinal } from './finals.ts';
import { patience } from './patience.ts';
import { replicatesDue, runReplicate } from './race.ts';
import type { PointSurroundings } from './run-point.ts';
import { runTrial } from './run-trial.ts';
import { type SharedTask, type Sharing, shareTasks } from './shared-tasks.ts';
import type { SweepSpec } from './spec.ts';
import { openStudy, type Study, type Told, type Trial } from './study.ts';
import { studyIdentity } from './study-identity.ts';
import type { StudyState, StudyTrial } from './study-state.ts';

export interface WorkRequest extends PointSurroundings {
  readonly spec: SweepSpec;
  /** Aborted when no further trial is to begin. */
  readonly stopping: AbortSignal;
  /** Of a trial that was interrupted: what to tell of it all the same, or why it is given back. */
  readonly onInterrupted?: (trial: StudyTrial) => Told | string | undefined;
}

const pollMs = 300;

export async function work(request: WorkRequest): Promise<void> {
  const { spec, layout, stopping } = request;
  const study = await openStudy(spec, layout);
  const share = (due: (state: StudyState) => readonly SharedTask[], run: Sharing['run']) =>
    shareTasks({ study, folder: layout.study(spec.name), due, run, stopping });
  try {
    if (!isSearched(await study.state(), studyIdentity(spec))) return; // before it began, another search took over
    const searched = await search(request, study);
    if (!searched) return;
    await share(
      (state) => replicatesDue(spec, state),
      (task) => runReplicate(request, study, task),
    );
    await share(
      (state) => finalsDue(spec, state),
      (task) => runFinal(request, study, task),
    );
  } finally {
    study.close();
  }
}

/** @returns whether no trial is left, rather than that it was stopped or goes on elsewhere */
async function search(request: WorkRequest, study: Study): Promise<boolean> {
  const patient = patience(pollMs);
  while (!request.stopping.aborted) {
    const trial = await study.ask();
    if (trial === 'finished') return true;
    if (trial === 'superseded') return false; // what is left to do is told by another search
    if (trial === 'wait') await patient.wait(request.stopping);
    else {
      patient.end();
      await runAsked(request, study, trial);
    }
  }
  return false;
}

async function runAsked(request: WorkRequest, study: Study, trial: Trial): Promise<void> {
  const told = (await runTrial(request.spec, trial, request)) ?? (await interrupted(request, study, trial.number));
  await (typeof told === 'object' ? trial.tell(told) : trial.release(told));
}

async function interrupted({ onInterrupted }: WorkRequest, study: Study, number: number) {
  const trial = (await study.latest()).trials.get(number); // others may have left it before
  return trial && onInterrupted?.(trial);
}
