/** How far a reader has come in each journal of a study, and which of them are worth another look. */

export interface JournalPositions {
  /** The byte up to which a journal was read; 0 where it is new. */
  readTo(name: string): number;
  /** This process has looked at it, and read it up to there. */
  read(name: string, readTo: number): void;
  /** Others have read it, up to there. */
  told(name: string, readTo: number): void;
  /** Others have looked at all. */
  lookedAtAll(): void;
  /** When all were last looked at, by somebody. */
  readonly lookedAtAllMs: number;
  /** Those that may well have grown: the latest always, others the seldomer the longer they are silent. */
  due(names: readonly string[]): string[];
}

/** So many of those that grew last are looked at each time, whatever the number of the others. */
export const few = 32;
/** What was silent for a time is not looked at again within this part of it. */
export const fraction = 16;

interface Position {
  readTo: number;
  grewMs: number;
  lookedMs: number;
}

/** @param now milliseconds of a clock that only goes on */
export function journalPositions(now: () => number): JournalPositions {
  const positions = new Map<string, Position>();
  let lookedAtAllMs = Number.NEGATIVE_INFINITY;
  const at = (name: string, grewMs: number): Position => {
    const position = positions.get(name) ?? { readTo: 0, grewMs, lookedMs: Number.NEGATIVE_INFINITY };
    positions.set(name, position);
    return position;
  };
  const moved = (position: Position, readTo: number, nowMs: number) => {
    if (readTo <= position.readTo) return;
    position.readTo = readTo;
    position.grewMs = nowMs;
  };
  return {
    readTo: (name) => positions.get(name)?.readTo ?? 0,
    read: (name, readTo) => {
      const nowMs = now();
      const position = at(name, nowMs);
      moved(position, readTo, nowMs);
      position.lookedMs = nowMs;
    },
    told: (name, readTo) => moved(at(name, now()), readTo, now()),
    lookedAtAll: () => {
      lookedAtAllMs = now();
    },
    get lookedAtAllMs() {
      return lookedAtAllMs;
    },
    due: (names) => {
      const nowMs = now();
      const known = names.flatMap((name) => positions.get(name) ?? []);
      const latest = new Set(known.sort((a, b) => b.grewMs - a.grewMs).slice(0, few));
      return names.filter((name) => {
        const position = positions.get(name);
        if (position === undefined || latest.has(position)) return true;
        const lookedMs = Math.max(position.lookedMs, lookedAtAllMs);
        return nowMs - lookedMs >= (nowMs - position.grewMs) / fraction;
      });
    },
  };
}
