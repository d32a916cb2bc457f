/** Numbers as colours: from what recedes into the ground to what stands out from it. */
import type { Goal } from '../../../pipeline/types.ts';
import type { Cell } from './columns.ts';

/** After Viridis, whose lightness rises evenly, so that it is read without hues and on paper; the best is farthest from the ground. */
const ramps = {
  light: [
    '#c3c95a',
    '#93c46a',
    '#63b97b',
    '#3fa987',
    '#2c968c',
    '#28828d',
    '#2c6d8e',
    '#34588c',
    '#3d4284',
    '#442c74',
    '#440f5c',
  ],
  dark: [
    '#5a4f94',
    '#4a659c',
    '#40799f',
    '#388c9f',
    '#319f9b',
    '#35b191',
    '#4fc27f',
    '#7ad066',
    '#a8db4a',
    '#d4e338',
    '#fde83a',
  ],
} as const;

export const rampColors = ramps.light.length;

export function rampOf(theme: { readonly name: keyof typeof ramps }): readonly string[] {
  return ramps[theme.name];
}

export interface RampScale {
  /** What has the first colour, with all that is beyond it, and what has the last. */
  readonly worst: number;
  readonly best: number;
  /** −1: none. */
  colorOf(cell: Cell): number;
}

/** Share of the values that is let go beyond the first colour: what diverged would leave one colour to all others. */
const beyond = 0.05;

/** @param goal without one the largest is last */
export function rampScale(cells: readonly Cell[], goal: Goal | undefined): RampScale | undefined {
  const values = Float64Array.from(cells.filter((cell) => typeof cell === 'number')).sort();
  if (values.length === 0) return undefined;
  const cut = Math.floor(beyond * (values.length - 1));
  const at = (place: number) => values[place] ?? 0;
  const last = values.length - 1;
  const [worst, best] = goal === 'minimize' ? [at(last - cut), at(0)] : [at(goal === undefined ? 0 : cut), at(last)];
  const colorOf = (cell: Cell) => {
    if (typeof cell !== 'number') return -1;
    const share = best === worst ? 1 : (cell - worst) / (best - worst);
    return Math.max(0, Math.min(rampColors - 1, Math.floor(share * rampColors)));
  };
  return { worst, best, colorOf };
}

/** Dark or light letters, by the lightness of what they stand on (WCAG's relative luminance). */
export function inkOn(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? '#101417' : '#ffffff';
}
