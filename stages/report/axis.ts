/** Axes: where the ticks are, and how numbers on them are written. */

export interface Axis {
  readonly min: number;
  readonly max: number;
  /** Rising, all between min and max. */
  readonly ticks: readonly number[];
}

/** An axis over all values, on round numbers: steps of 1, 2 or 5 times a power of ten, about `count` of them. */
export function axisOver(values: readonly number[], count: number): Axis {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const size = Math.max(Math.abs(low), Math.abs(high));
  // What lies this close together has no ticks of twelve digits between: it is one value.
  if (high - low <= 1e-9 * size) [low, high] = size === 0 ? [0, 1] : [low - size / 2, low + size / 2];
  const step = roundStep((high - low) / count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { min: ticks[0] as number, max: ticks.at(-1) as number, ticks };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * 0.999) as number;
  return factor * power;
}

/** `0.05`, `1,500`, `2e-6`: whole numbers in full, others with four digits that count. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
  const short = Number(value.toPrecision(4));
  return Math.abs(short) < 1e-3 ? short.toExponential() : String(short);
}
