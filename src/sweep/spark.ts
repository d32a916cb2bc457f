/** A curve in one line of text. */
const bars = '▁▂▃▄▅▆▇█';

/** From the least to the greatest value; what is no number is a gap. */
export function spark(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return values
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      const part = high > low ? (value - low) / (high - low) : 0.5;
      return bars[Math.min(bars.length - 1, Math.floor(part * bars.length))];
    })
    .join('');
}
