/** A run that the reader chose, kept in the view. */
import type { ComparedRun } from '../comparison.ts';
import { runName } from './format.ts';
import type { View } from './view.ts';

export interface Chosen {
  run(): ComparedRun | undefined;
  /** @param reveal whether the reader wants to be led to it */
  choose(run: ComparedRun | undefined, reveal?: boolean): void;
  onChoice(listener: (run: ComparedRun | undefined, reveal: boolean) => void): void;
}

/** @param key in the view: a link made before more runs came still names its run, as long as its hash does */
export function chosenRun(runs: readonly ComparedRun[], view: View, key: string): Chosen {
  const listeners: ((run: ComparedRun | undefined, reveal: boolean) => void)[] = [];
  const named = view.get(key);
  let chosen = named === undefined ? undefined : runs.find((run) => runName(run) === named);
  return {
    run: () => chosen,
    choose: (run, reveal = false) => {
      chosen = run;
      view.set(key, run === undefined ? undefined : runName(run));
      for (const listener of listeners) listener(run, reveal);
    },
    onChoice: (listener) => listeners.push(listener),
  };
}
