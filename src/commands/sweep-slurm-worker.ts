/** A worker of a study as a job of Slurm: it hears Slurm's signals, and goes back into the queue when its time is nearly up. */
import { exitCode, UserError } from '../errors.ts';
import type { RetrialEvent, SlurmPlace } from '../events.ts';
import { slotsOfJob } from '../execute/ledger.ts';
import type { FingerprintHash } from '../hash.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { fingerprintChanges } from '../plan/fingerprint.ts';
import { slurmAuthority } from '../slurm/authority.ts';
import { slurm } from '../slurm/client.ts';
import { printedInto } from '../slurm/out-of-memory.ts';
import { judgeBy } from '../store/claim-life.ts';
import type { Layout } from '../store/layout.ts';
import { currentProcess } from '../store/process-identity.ts';
import { isSearched } from '../sweep/begin-study.ts';
import { originOf } from '../sweep/given.ts';
import { isOver } from '../sweep/is-over.ts';
import type { SweepSpec } from '../sweep/spec.ts';
import type { Told } from '../sweep/study.ts';
import { changedGiven } from '../sweep/study-changes.ts';
import { studyIdentity } from '../sweep/study-identity.ts';
import { type StudyTrial, studyReader } from '../sweep/study-state.ts';
import { work } from '../sweep/work.ts';
import { wroteCheckpoint } from './job-checkpoint.ts';
import { type SlurmSignals, slurmSignals } from './slurm-signals.ts';
import { goOnLater } from './slurm-successor.ts';

export interface SlurmWorkerOptions {
  /** Milliseconds since the epoch: then no further trial begins. */
  readonly deadline?: number;
  /** Seconds of the job until it is told that its time is nearly up; absent where its limit is not known. */
  readonly toldAfter?: number;
}

/** @returns the exit code */
export async function runSlurmWorker(spec: SweepSpec, layout: Layout, options: SlurmWorkerOptions): Promise<number> {
  const { slurm: place, host } = currentProcess();
  if (place === undefined) throw new UserError('a worker of Slurm is started by Slurm');
  const signals = slurmSignals(options.deadline);
  const client = slurm();
  const { journals, slurm: at } = layout.study(spec.name);
  judgeBy(slurmAuthority(client, (job) => printedInto(at.log(job))));
  say(`worker ${place.job} of study ${spec.name} on ${host}${place.restarts > 0 ? `, restart ${place.restarts}` : ''}`);
  try {
    const state = await studyReader(journals).read();
    await checkUnchanged(spec, layout, state.phase?.given as JsonValue | undefined);
    if (!isSearched(state, studyIdentity(spec)))
      say(
        'the sweep file asks otherwise than the study it was submitted for; the command that submits begins what it asks now',
      );
    const running = runningStage();
    await work({
      ...{ spec, layout, slots: slotsOfJob(layout) },
      ...{ stopping: signals.stopping, signal: signals.interrupted },
      sink: (event) => {
        running.take(event);
        logged(event);
      },
      onInterrupted: (trial) => whyGivenBack({ spec, layout, place, signals, options }, running.stage(), trial),
    });
  } finally {
    signals.close();
  }
  if (signals.why() !== 'limit' || isPast(options.deadline)) return exitCode.ok;
  if (isOver(spec, await studyReader(journals).read())) return exitCode.ok;
  say(await goOnLater(client, layout, spec.name, place));
  return exitCode.ok;
}

function isPast(deadline: number | undefined): boolean {
  return deadline !== undefined && Date.now() >= deadline;
}

/** Code that was changed while the job waited makes other results: what the study was begun with is what it runs. */
async function checkUnchanged(spec: SweepSpec, layout: Layout, given: JsonValue | undefined): Promise<void> {
  if (given === undefined) return;
  const changed = fingerprintChanges(given, (await originOf(spec, layout)).given);
  if (changed.length > 0) throw changedGiven(spec.name, changed);
}

/** What a trial's reason ends with that came to nothing in its job. */
const keptNothing = 'kept nothing to go on from';
/** So often more it is given back that had not most of the time of its job, as Slurm tells short jobs early. */
const triesOfShort = 3;

interface RunningStage {
  readonly stage: string;
  readonly fingerprint: FingerprintHash;
  readonly startedAt: number;
}

interface Leaving {
  readonly spec: SweepSpec;
  readonly layout: Layout;
  readonly place: SlurmPlace;
  readonly signals: SlurmSignals;
  readonly options: SlurmWorkerOptions;
}

/** Why it is given back; or that it failed: what keeps no checkpoint and takes longer than a job would begin anew for ever. */
function whyGivenBack(
  { spec, layout, place: { job }, signals, options }: Leaving,
  running: RunningStage | undefined,
  trial: StudyTrial,
): Told | string {
  if (signals.why() === 'cancelled') return `job ${job} was cancelled, or preempted`;
  if (running === undefined || !isHopeless(layout, running)) return `the time of job ${job} was nearly up`;
  const isShort = process.uptime() < (options.toldAfter ?? 0) / 2;
  const time = isShort ? `was told to end after ${Math.round(process.uptime())} s` : 'had all the time of its job';
  const reason = `${running.stage}: it ${time} and ${keptNothing} (job ${job})`;
  const before = trial.left.filter((one) => one.reason.includes(keptNothing)).length;
  const tries = spec.retries.timeout + (isShort ? triesOfShort : 0);
  return before >= tries ? { state: 'failed', runs: [], reason } : reason;
}

/** It began when the job did, and left no checkpoint since. */
function isHopeless(layout: Layout, { fingerprint, startedAt }: RunningStage): boolean {
  const jobMs = process.uptime() * 1000;
  if (Date.now() - startedAt < 0.8 * jobMs) return false;
  return !wroteCheckpoint(layout, fingerprint, Date.now() - jobMs);
}

function runningStage() {
  let running: RunningStage | undefined;
  return {
    take: (event: RetrialEvent) => {
      if (event.type === 'stage-started')
        running = { stage: event.stage, fingerprint: event.fingerprint, startedAt: event.at };
      if (event.type === 'stage-finished' && event.outcome !== 'cancelled') running = undefined;
    },
    stage: () => running,
  };
}

function logged(event: RetrialEvent): void {
  if (event.type === 'run-started' && event.study !== undefined)
    say(`trial ${event.study.trial}: run ${event.id.configHash.slice(0, 12)}@${event.id.attempt}`);
  if (event.type === 'run-finished')
    say(`run ${event.id.configHash.slice(0, 12)}@${event.id.attempt}: ${event.status}`);
}

function say(text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${text}\n`);
}
