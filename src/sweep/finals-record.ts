/** The final runs of a study: a function of the events that name them, in whatever order they are read. */
import type { FinalReopened, FinalTold } from '../events.ts';
import { first } from './event-order.ts';

export interface FinalsState {
  /** By trial and replicate; of each the first word since it was last opened again. */
  readonly finals: readonly FinalTold[];
  /** How often a final run was opened again after it had failed, by {@link finalKey}. */
  readonly reopenedFinals: ReadonlyMap<string, number>;
}

export interface FinalsRecord {
  readonly state: FinalsState;
  add(event: FinalTold | FinalReopened): void;
}

export function finalKey({ trial, replicate }: Pick<FinalTold, 'trial' | 'replicate'>): string {
  return `${trial}/${replicate}`;
}

export function finalsRecord(): FinalsRecord {
  const told = new Map<string, FinalTold[]>();
  const reopened = new Map<string, number[]>();
  let known: FinalsState | undefined;
  return {
    get state() {
      known ??= stateOf(told, reopened);
      return known;
    },
    add: (event) => {
      const key = finalKey(event);
      if (event.type === 'final-told') told.set(key, [...(told.get(key) ?? []), event]);
      else reopened.set(key, [...new Set([...(reopened.get(key) ?? []), event.at])]);
      known = undefined;
    },
  };
}

function stateOf(
  told: ReadonlyMap<string, readonly FinalTold[]>,
  reopened: ReadonlyMap<string, readonly number[]>,
): FinalsState {
  const words = [...told].flatMap(([key, all]) => sinceOpened(all, reopened.get(key) ?? []) ?? []);
  return {
    finals: words.sort((a, b) => a.trial - b.trial || a.replicate - b.replicate),
    reopenedFinals: new Map([...reopened].map(([key, times]) => [key, times.length])),
  };
}

function sinceOpened(told: readonly FinalTold[], reopened: readonly number[]): FinalTold | undefined {
  const since = Math.max(Number.NEGATIVE_INFINITY, ...reopened);
  return told.filter(({ at }) => at > since).reduce<FinalTold | undefined>(first, undefined);
}
