/** What is shown of a study while it runs: each trial as it ends, and on a terminal how it stands now. */
import type { RetrialEvent } from '../events.ts';
import type { LiveLines } from '../logging/live-lines.ts';
import type { Layout } from '../store/layout.ts';
import { liveStudy } from '../sweep/live-study.ts';
import type { SweepSpec } from '../sweep/spec.ts';
import { studyReader } from '../sweep/study-state.ts';
import { trialLine } from '../sweep/sweep-text.ts';

export interface Follower {
  /** What a worker of this command says of its stages. */
  readonly event: (event: RetrialEvent) => void;
  stop(): Promise<void>;
}

const everyMs = 250;

export function followStudy(spec: SweepSpec, layout: Layout, screen: LiveLines): Follower {
  const reader = studyReader(layout.study(spec.name).journals);
  const live = liveStudy(spec);
  const shown = new Map<number, number>();
  let first = true;
  const look = async () => {
    const state = await reader.read();
    for (const trial of state.trials.values()) {
      if (trial.told === undefined || shown.get(trial.number) === trial.told.at) continue;
      shown.set(trial.number, trial.told.at);
      if (!first) screen.print([trialLine(spec, trial)]);
    }
    first = false;
    screen.draw(live.lines(state));
  };
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look, look);
  }, everyMs);
  return {
    event: live.event,
    stop: async () => {
      clearInterval(timer);
      await looking.then(look);
    },
  };
}
