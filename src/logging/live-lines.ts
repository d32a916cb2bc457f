/** Lines at the end of a terminal that are drawn over and over, below those that stay. */
import { truncate } from './table.ts';

export interface LiveLines {
  /** Prints lines that stay, above the live ones. */
  print(lines: readonly string[]): void;
  /** Draws the live lines anew; none erases them. Too long ones are cut, so that none wraps. */
  draw(lines: readonly string[]): void;
}

export interface Terminal {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

/** @param live false where the stream is no terminal: nothing is drawn then, and lines are printed as they come. */
export function liveLines(stream: Terminal, live: boolean): LiveLines {
  let drawn: readonly string[] = [];
  const eraser = () => (drawn.length === 0 ? '' : `\x1b[${drawn.length}A\r\x1b[J`);
  const show = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  const update = (kept: readonly string[], next: readonly string[]) => {
    stream.write(eraser() + show(kept) + show(next));
    drawn = next;
  };
  return {
    print: (lines) => update(lines, drawn),
    draw(lines) {
      if (!live) return;
      // A terminal scrolls what is taller than itself, and the cursor cannot go up to it again.
      const shown = lines.slice(0, Math.max(1, (stream.rows ?? 24) - 2));
      const next = shown.map((line) => truncate(line, (stream.columns ?? 80) - 1));
      if (next.join('\n') !== drawn.join('\n')) update([], next);
    },
  };
}
