/** The study loop of one worker: ask, run, tell, until no trial is left. Any number of workers share one study. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sink } from '../events.ts';
import { type JournalWriter, openJournal } from '../record/journal.ts';
import { type Claim, tryClaim } from '../store/claims.ts';
import type { Layout } from '../store/layout.ts';
import { currentProcess } from '../store/process-identity.ts';
import { runTrial } from './run-trial.ts';
import { type Sampler, samplerOf } from './sampler.ts';
import type { Point } from './search-space.ts';
import type { SweepSpec } from './spec.ts';
import { type StudyReader, type StudyState, seenTrials, studyReader } from './study.ts';

export interface WorkRequest {
  readonly spec: SweepSpec;
  readonly layout: Layout;
  readonly jobs: number;
  readonly sink: Sink;
  /** Aborted when no further trial is to begin. */
  readonly stopping: AbortSignal;
  /** Aborted when the running trial is to stop too. */
  readonly interrupted: AbortSignal;
}

interface Asked {
  readonly number: number;
  readonly point: Point;
  readonly claim: Claim;
  readonly restarts: number;
}

const pollMs = 300;

export async function work(request: WorkRequest): Promise<void> {
  const { spec, layout, stopping } = request;
  const reader = studyReader(layout.study(spec.name).journals);
  const journal = openJournal(layout.study(spec.name).journals);
  const sampler = await samplerOf(spec.sampler, spec.space);
  try {
    while (!stopping.aborted) {
      const asked = await ask(request, reader, sampler);
      if (asked === 'finished') return;
      if (asked === 'wait') await sleep(pollMs);
      else await runAsked(request, asked, journal);
    }
  } finally {
    journal.close();
  }
}

/** The lowest trial that is neither told nor in the hands of a living worker. */
async function ask(
  { spec, layout }: WorkRequest,
  reader: StudyReader,
  sampler: Sampler,
): Promise<Asked | 'wait' | 'finished'> {
  const state = await reader.read();
  let open = false;
  for (let number = 0; number < spec.trials; number++) {
    if (isTold(state, number)) continue;
    const point =
      state.trials.get(number)?.asked?.params ?? sampler.suggest(number, seenTrials(state, spec.metric.goal));
    if (point === undefined) break;
    const attempt = await tryClaim(layout.study(spec.name).trial(number));
    if (attempt.kind !== 'owned') {
      open ||= attempt.kind === 'held';
      continue;
    }
    const { claim, restarts } = attempt;
    if (!isTold(await reader.read(), number)) return { number, point, claim, restarts };
    await claim.end({ state: 'done' }); // its worker died between telling and leaving the claim
  }
  return open ? 'wait' : 'finished';
}

function isTold(state: StudyState, number: number): boolean {
  return state.trials.get(number)?.told !== undefined;
}

async function runAsked(request: WorkRequest, asked: Asked, journal: JournalWriter): Promise<void> {
  const { spec, layout, jobs, sink, interrupted } = request;
  const { number, point, claim, restarts } = asked;
  const study = { study: spec.name, trial: number };
  journal.append({ type: 'trial-asked', at: Date.now(), ...study, params: point, by: currentProcess(), restarts });
  const told = await runTrial(spec, number, point, { layout, jobs, sink, signal: interrupted });
  if (told === undefined) return claim.end({ state: 'released' });
  journal.append({ type: 'trial-told', at: Date.now(), ...study, ...told });
  journal.sync(); // a claim that is done and of which nothing was told would be taken by nobody
  await claim.end({ state: 'done' });
}
