/** One run as text for a terminal. */
import type { ChalkInstance } from 'chalk';
import { short } from '../hash.ts';
import { formatDuration, formatNumber, formatSize, formatTime, formatValue, oneLine } from '../logging/format.ts';
import { type Column, type TableOptions, table, truncate } from '../logging/table.ts';
import { flatten } from '../pipeline/param-tree.ts';
import type { RunRow } from '../record/rows.ts';
import { describeComponents } from './comparable-groups.ts';
import type { ComparedRun, Comparison } from './comparison.ts';

export interface RunTextOptions extends TableOptions {
  readonly chalk: ChalkInstance;
  readonly groups: Comparison['groups'];
  readonly series: Comparison['series'];
  /** Path of a stage's log, as shown. */
  readonly log: (stage: string) => string;
  /** Stage → its job, and its host where that is known; none of a run that no queue had. */
  readonly jobs: ReadonlyMap<string, string>;
  /** Attempts that were begun later, and do not speak for the run or were not asked for. */
  readonly newer: readonly RunRow[];
}

/** All that is known of it, in lines: what, params, stages, failures, metrics, outputs, environment, how to reproduce. */
export function runText(run: RunRow, compared: ComparedRun, options: RunTextOptions): string[] {
  const { chalk } = options;
  const titled = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : [
          '',
          chalk.bold(title),
          ...lines.map((line) => truncate(`  ${line}`, options.width ?? Number.POSITIVE_INFINITY)),
        ];
  return [
    chalk.bold(`${short(run.configHash)}@${run.attempt}  ${run.status}`),
    ...facts(run),
    ...newerLine(run, options),
    ...titled('params', pairs(compared.params)),
    ...titled('stages', stageLines(compared, options)),
    ...failureLines(compared, options),
    ...unsteadyLines(compared, options),
    ...titled('metrics', metricLines(compared, options)),
    ...titled('outputs', outputLines(compared, options)),
    ...titled('environment', pairs(flatten(compared.environment))),
    ...titled('reproduce it', [...compared.reproduce]),
  ];
}

function facts(run: RunRow): string[] {
  const { process: by, durationMs, reproduced } = run;
  return [
    `config hash ${run.configHash}`,
    `started ${formatTime(run.startedAt)}${durationMs === null ? '' : `, took ${formatDuration(durationMs)}`}`,
    ...(by === null ? [] : [`by process ${by.pid} on ${oneLine(by.host)}`]),
    ...(run.study === null ? [] : [`trial ${run.trial} of study ${oneLine(run.study)}`]),
    ...(run.tags.length === 0 ? [] : [`tags ${oneLine(run.tags.join(', '))}`]),
    ...(run.pinned ? ['pinned: its results are never collected'] : []),
    ...(run.note === null ? [] : [`note: ${oneLine(run.note)}`]),
    ...(reproduced === null ? [] : [`reproduced ${formatTime(reproduced.at)}: ${reproduced.verdict}`]),
  ];
}

/** `newer attempts: @2 failed, @3 complete (make-data alone)` */
function newerLine({ targets: shown }: RunRow, { newer, chalk }: RunTextOptions): string[] {
  if (newer.length === 0) return [];
  const told = newer.map(({ attempt, status, targets }) => {
    const isOther = targets.join() !== shown.join() && targets.length > 0;
    return `@${attempt} ${status}${isOther ? ` (asked for ${oneLine(targets.join(', '))} alone)` : ''}`;
  });
  return [chalk.yellow(`newer attempt${newer.length > 1 ? 's' : ''}: ${told.join(', ')}`)];
}

function pairs(values: ComparedRun['params']): string[] {
  const names = Object.keys(values);
  const width = Math.max(0, ...names.map((name) => name.length));
  return names.map((name) => `${oneLine(name).padEnd(width)}  ${formatValue(values[name] ?? null)}`);
}

function drawn(columns: readonly Column[], rows: readonly (readonly string[])[], { chalk, width }: RunTextOptions) {
  if (rows.length === 0) return [];
  return [...table(columns, rows, { heading: chalk.dim, ...(width === undefined ? {} : { width: width - 2 }) }).lines];
}

function stageLines({ stages }: ComparedRun, options: RunTextOptions): string[] {
  const duration = (ms: number | null) => (ms === null ? '' : formatDuration(ms));
  const rows = stages.map((stage) => [
    ...[stage.name, stage.outcome, duration(stage.durationMs), duration(stage.executionMs)],
    ...[stage.fingerprint === null ? '' : short(stage.fingerprint), stage.deps.join(', ')],
    ...(options.jobs.size === 0 ? [] : [options.jobs.get(stage.name) ?? '']),
  ]);
  const right = { align: 'right' } as const;
  const columns = [
    ...[
      { title: 'stage' },
      { title: 'outcome' },
      { title: 'took', ...right },
      { title: 'made in', ...right, dropAfter: 2 },
    ],
    ...[{ title: 'result' }, { title: 'needs', shrinkTo: 5, dropAfter: 1 }],
    ...(options.jobs.size === 0 ? [] : [{ title: 'job' }]),
  ];
  return drawn(columns, rows, options);
}

function failureLines({ stages }: ComparedRun, { chalk, log }: RunTextOptions): string[] {
  return stages.flatMap(({ name, outcome, failure, logTail }) => {
    if (outcome !== 'failed') return [];
    const tail =
      logTail === null ? [] : [...logTail.split('\n').map((line) => chalk.dim(`  │ ${line}`)), `  log: ${log(name)}`];
    return ['', chalk.red(`${name} ${failure ?? 'failed'}`), ...tail];
  });
}

/** Found when it was made again, by another run or by `reproduce`. */
function unsteadyLines({ stages }: ComparedRun, { chalk }: RunTextOptions): string[] {
  return stages.flatMap(({ name, nondeterministic }) =>
    nondeterministic.length === 0
      ? []
      : [
          '',
          chalk.yellow(
            `≠ ${name} is not deterministic: with all that went in the same, other bytes in ${nondeterministic.join(', ')}`,
          ),
        ],
  );
}

/** `chance 0.5000`: the line that the pipeline draws for the series beside the value that stands for it. */
function referenceText(series: Comparison['series'][string] | undefined): string {
  return series?.reference === undefined
    ? ''
    : `${oneLine(series.reference.label)} ${formatNumber(series.reference.value)}`;
}

/** What the values of a group may be ranked with is said once, below them. */
function metricLines({ metrics }: ComparedRun, options: RunTextOptions): string[] {
  const named = Object.entries(metrics);
  const groups = [...new Set(named.map(([, { group }]) => group))].map((group) => ({
    members: named.filter(([, metric]) => metric.group === group),
    where: oneLine(describeComponents(options.groups[group]?.components ?? {})),
  }));
  const rows = groups.flatMap(({ members }) =>
    members.map(([name, { value, text }]) => [
      oneLine(name),
      value === null ? (text ?? '') : formatNumber(value),
      referenceText(options.series[name]),
    ]),
  );
  const columns: Column[] = [{ title: 'metric' }, { title: 'value', align: 'right' }];
  if (rows.some(([, , reference]) => reference !== '')) columns.push({ title: 'reference', dropAfter: 1 });
  const [heading = '', ...lines] = drawn(
    columns,
    rows.map((row) => row.slice(0, columns.length)),
    options,
  );
  const told = groups.flatMap(({ members, where }) => [
    ...lines.splice(0, members.length),
    ...(where === '' ? [] : [options.chalk.dim(`  ranked where equal: ${where}`)]),
  ]);
  return rows.length === 0 ? [] : [heading, ...told];
}

function outputLines({ stages }: ComparedRun, options: RunTextOptions): string[] {
  const rows = stages.flatMap(({ name, outputs }) =>
    outputs.map((output) => [`${name}.${output.name}`, short(output.hash), formatSize(output.size), output.path]),
  );
  const columns = [{ title: 'output' }, { title: 'hash' }, { title: 'size', align: 'right' as const }];
  return drawn([...columns, { title: 'path', shrinkTo: 8, dropAfter: 1 }], rows, options);
}
