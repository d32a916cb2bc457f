/** Machine-readable output: a public interface, on stdout, with nothing else there. */
import type { MetricRow } from '../record/rows.ts';

export type JsonMetrics = Readonly<Record<string, number | string>>;

/** Full metric name → number; what is not finite is the text `NaN`, `Infinity` or `-Infinity`. */
export function metricsJson(metrics: readonly Pick<MetricRow, 'name' | 'value' | 'text'>[]): JsonMetrics {
  return Object.fromEntries(metrics.map(({ name, value, text }) => [name, value ?? text ?? 'NaN']));
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
