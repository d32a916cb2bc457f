/** A difference as text for a terminal. */
import { unreachable } from '../errors.ts';
import { short } from '../hash.ts';
import { formatNumber, oneLine } from '../logging/format.ts';
import type { StdoutStyle } from '../logging/stdout.ts';
import { table, truncate } from '../logging/table.ts';
import type { FieldChange } from '../plan/fingerprint.ts';
import type { PairedComparison } from '../report/paired-runs.ts';
import type { MetricChange, OutputChange, RunDiff, StageChange } from '../report/run-diff.ts';
import { resamples } from '../statistics/paired.ts';
import { valueText } from './status.ts';

export function diffText(diff: RunDiff, { chalk, width }: StdoutStyle): string[] {
  const wide = width ?? Number.POSITIVE_INFINITY;
  const titled = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', chalk.bold(title), ...lines.map((line) => `  ${line}`)];
  const sections = [
    ...titled('params', fieldLines(diff.params)),
    ...titled('metrics', metricLines(diff.metrics, diff.equalMetrics)),
    ...titled('metrics, unit by unit', pairedLines(diff.paired)),
    ...titled('stages', stageLines(diff.stages)),
    ...titled('outputs', diff.outputs.map(outputLine)),
    ...titled('environment', fieldLines(diff.environment)),
  ];
  const lines = [chalk.bold(`${diff.a} → ${diff.b}`), ...(isSame(diff) ? ['no difference'] : sections)];
  return lines.map((line) => truncate(line, wide));
}

function isSame({ params, metrics, stages, outputs, environment }: RunDiff): boolean {
  return (
    params.length + metrics.length + environment.length === 0 &&
    stages.every(({ change }) => change === 'same') &&
    outputs.every(({ identical }) => identical)
  );
}

function fieldLines(changes: readonly FieldChange[]): string[] {
  const width = Math.max(0, ...changes.map(({ field }) => field.length));
  return changes.map((change) => `${oneLine(change.field).padEnd(width)}  ${changeText(change)}`);
}

function changeText({ field, before, after }: FieldChange): string {
  return oneLine(`${valueText(field, before)} → ${valueText(field, after)}`);
}

function metricLines(changes: readonly MetricChange[], equal: readonly string[]): string[] {
  const rows = changes.map(({ name, before, after, difference, goal, verdict }) => [
    ...[oneLine(name), metricText(before), '→', metricText(after)],
    difference === null ? '' : `${difference > 0 ? '+' : ''}${formatNumber(difference)}`,
    verdict === null ? '' : `${verdict}${verdict === 'incomparable' ? '' : ` (${goal})`}`,
  ]);
  const right = { title: '', align: 'right' } as const;
  const columns = [{ title: '' }, right, { title: '' }, right, right, { title: '' }];
  const drawn = rows.length === 0 ? [] : table(columns, rows).lines.slice(1);
  return [...drawn, ...(equal.length === 0 ? [] : [`= ${equal.map(oneLine).join(', ')}`])];
}

/** What is measured on the same units, with what chance would make of it. */
function pairedLines(comparisons: readonly PairedComparison[]): string[] {
  if (comparisons.length === 0) return [];
  const shown = comparisons.flatMap(({ metrics }) => metrics);
  const count = resamples.toLocaleString('en');
  return [
    ...comparisons.flatMap(comparisonLines),
    ...(shown.length === 0 ? [] : [`95 %: percentile bootstrap over units, ${count} resamples. p: two-sided paired`]),
    ...(shown.length === 0
      ? []
      : [`randomisation, ${count} swaps. Holm: p corrected over the ${shown.length} metrics here`]),
  ];
}

function comparisonLines({ name, units, unpaired, metrics, reason }: PairedComparison): string[] {
  if (reason !== null) return [`${oneLine(name)}: ${oneLine(reason)}`];
  const signed = (value: number) => `${value > 0 ? '+' : ''}${formatNumber(value)}`;
  const rows = metrics.map(({ name: metric, mean, interval, p, holm }) => [
    ...[`  ${oneLine(metric)}`, signed(mean), interval.map(signed).join(' … ')],
    ...[formatNumber(p), formatNumber(holm)],
  ]);
  const right = { align: 'right' } as const;
  const columns = [
    { title: `${oneLine(name)}: ${units} units` },
    ...[
      { title: 'difference', ...right },
      { title: '95 %', ...right },
    ],
    ...[
      { title: 'p', ...right },
      { title: 'Holm', ...right },
    ],
  ];
  const left = unpaired === 0 ? [] : [`  ${unpaired} units are on one side alone, or lack a number, and are left out`];
  return [...table(columns, rows).lines, ...left];
}

function metricText(value: number | string | null): string {
  if (value === null) return '(none)';
  return typeof value === 'number' ? formatNumber(value) : value;
}

function stageLines(stages: readonly StageChange[]): string[] {
  return stages.flatMap((stage) => [
    `${mark(stage)} ${stage.name}${stageText(stage)}`,
    ...stage.fields.map((change) => `    ${change.field}: ${changeText(change)}`),
  ]);
}

function mark({ change }: StageChange): string {
  return change === 'same' ? '=' : change === 'unknown' ? '?' : '≠';
}

function stageText({ change }: StageChange): string {
  switch (change) {
    case 'same':
    case 'changed':
      return '';
    case 'added':
      return '  is new';
    case 'removed':
      return '  is gone';
    case 'unknown':
      return '  is not known: one of the two has no result of it, or of what it depends on';
    default:
      return unreachable(change);
  }
}

function outputLine({ name, before, after, identical }: OutputChange): string {
  const hash = (value: string | null) => (value === null ? '(none)' : short(value));
  return identical ? `= ${name}  ${hash(before)}` : `≠ ${name}  ${hash(before)} → ${hash(after)}`;
}
