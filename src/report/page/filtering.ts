/** Which runs are shown: those that every filter lets through, whichever panel it was set in. */
import type { ComparedRun } from '../comparison.ts';

export interface Filtering {
  /** In the order of the comparison. */
  shown(): readonly ComparedRun[];
  isShown(run: ComparedRun): boolean;
  isFiltered(): boolean;
  /**
   * Sets the filter of a panel, in place of the one it had.
   * @param keeps undefined: all
   */
  keepOnly(panel: string, keeps: ((run: ComparedRun) => boolean) | undefined): void;
  /** Called once for all filters that change together. */
  onFilter(listener: () => void): void;
}

export function filtering(runs: readonly ComparedRun[]): Filtering {
  const filters = new Map<string, (run: ComparedRun) => boolean>();
  const listeners: (() => void)[] = [];
  let shown: ReadonlySet<ComparedRun> = new Set(runs);
  let list = runs;
  let isAnnounced = false;
  const tell = () => {
    isAnnounced = false;
    for (const listener of listeners) listener();
  };
  return {
    shown: () => list,
    isShown: (run) => shown.has(run),
    isFiltered: () => list.length < runs.length,
    keepOnly: (panel, keeps) => {
      if (keeps === undefined && !filters.has(panel)) return;
      if (keeps === undefined) filters.delete(panel);
      else filters.set(panel, keeps);
      const all = [...filters.values()];
      list = all.length === 0 ? runs : runs.filter((run) => all.every((keep) => keep(run)));
      shown = new Set(list);
      if (isAnnounced) return;
      isAnnounced = true;
      queueMicrotask(tell);
    },
    onFilter: (listener) => listeners.push(listener),
  };
}
