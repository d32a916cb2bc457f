/** What is shown of a study while it runs: each trial as it ends, and on a terminal how it stands now. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RetrialEvent } from '../events.ts';
import type { LiveLines } from '../logging/live-lines.ts';
import type { Layout } from '../store/layout.ts';
import { liveStudy } from '../sweep/live-study.ts';
import { sharedReader } from '../sweep/shared-reader.ts';
import type { SweepSpec } from '../sweep/spec.ts';
import type { StudyState, StudyTrial } from '../sweep/study-state.ts';
import { finalLine, replicateLine, trialLine } from '../sweep/sweep-text.ts';
import { unreportedSeries } from '../sweep/unreported-series.ts';

export interface Follower {
  /** What a worker of this command says of its stages. */
  readonly event: (event: RetrialEvent) => void;
  stop(): Promise<void>;
}

/**
 * A series that never comes prunes nothing: that is said when the first trial has ended without it. Where another has it, the
 * name is right, and this trial's model has no curve.
 */
function warnOnce(spec: SweepSpec, layout: Layout, screen: LiveLines) {
  let known = false;
  return async (trial: StudyTrial, { trials }: StudyState) => {
    known ||= [...trials.values()].some(({ curves }) => curves.some(({ length }) => length > 0));
    const unreported = known ? undefined : await unreportedSeries(spec, layout, trial);
    if (unreported === undefined) return;
    known = true;
    screen.print([`warning: ${unreported}`]);
  };
}

/** What was run beyond the trials themselves, each with a key of its own. */
function* furtherLines(spec: SweepSpec, state: StudyState): Generator<readonly [string, string]> {
  for (const { more } of state.trials.values())
    for (const told of more) yield [`${told.type}/${told.trial}/${told.replicate}`, replicateLine(spec, told)];
  for (const told of state.finals) yield [`${told.type}/${told.trial}/${told.replicate}`, finalLine(spec, state, told)];
}

const everyMs = 250;
/** Of very many trials a look takes long: so many times as long nothing is done. */
const restParts = 4;

/** @param ofWorkers how its workers stand, where somebody knows */
export function followStudy(
  spec: SweepSpec,
  layout: Layout,
  screen: LiveLines,
  ofWorkers: () => string | undefined = () => undefined,
): Follower {
  const reader = sharedReader(layout.study(spec.name), { looksOnly: true });
  const live = liveStudy(spec);
  const shown = new Map<number, number>();
  const further = new Set<string>();
  let first = true;
  const left = new Map<number, number>();
  const sayLeft = ({ number, left: all }: StudyTrial) => {
    const before = left.get(number) ?? 0;
    left.set(number, all.length);
    if (!first) screen.print(all.slice(before).map(({ reason }) => `trial ${number}  given back  ${reason}`));
  };
  const warn = warnOnce(spec, layout, screen);
  const look = async (read: () => Promise<StudyState>) => {
    const state = await read();
    for (const trial of state.trials.values()) {
      sayLeft(trial);
      if (trial.told === undefined || shown.get(trial.number) === trial.told.at) continue;
      shown.set(trial.number, trial.told.at);
      if (first) continue;
      screen.print([trialLine(spec, trial)]);
      await warn(trial, state);
    }
    for (const [key, line] of furtherLines(spec, state)) {
      if (further.has(key)) continue;
      further.add(key);
      if (!first) screen.print([line]);
    }
    first = false;
    const workers = ofWorkers();
    screen.draw([...live.lines(state), ...(workers === undefined ? [] : [workers])]);
  };
  const stopping = new AbortController();
  const following = repeat(() => look(reader.read), stopping.signal);
  return {
    event: live.event,
    stop: async () => {
      stopping.abort();
      await following;
      await look(reader.readAll);
    },
  };
}

/** Again and again, with rests between; what fails once may go well the next time. */
async function repeat(work: () => Promise<void>, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const startMs = performance.now();
    await work().catch(() => undefined);
    const restMs = Math.max(everyMs, restParts * (performance.now() - startMs));
    await sleep(restMs, undefined, { signal: stopping }).catch(() => undefined);
  }
}
