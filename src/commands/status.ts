/** `retrial status`: what `run` would do, and with --why the reason for each stage. */
import { unreachable } from '../errors.ts';
import { type Prediction, predict, type Reason, type StagePrediction } from '../execute/predict.ts';
import { short } from '../hash.ts';
import { printWarnings } from '../logging/diagnostics.ts';
import type { Layout } from '../store/layout.ts';
import { namesIn } from '../store/listing.ts';
import { type ConfigOptions, openProject } from './project.ts';

export interface StatusOptions extends ConfigOptions {
  readonly why?: boolean;
  readonly json?: boolean;
  /** What `run --force` would do. */
  readonly force?: boolean;
  /** Print nothing; the exit code tells. */
  readonly quiet?: boolean;
}

/** @returns with `quiet`, 1 when something would or may run; else 0 */
export async function status(targets: readonly string[], options: StatusOptions): Promise<number> {
  const { pipeline, layout } = await openProject(options);
  const prediction = await predict(pipeline, layout, { targets, force: options.force === true });
  if (options.quiet === true) return wouldRun(prediction) ? 1 : 0;
  printWarnings(prediction.warnings);
  const jobs = await jobsSubmitted(layout, prediction);
  const text =
    options.json === true ? statusJson(prediction, jobs) : statusText(prediction, jobs, options.why === true);
  process.stdout.write(text);
  return 0;
}

type Jobs = ReadonlyMap<string, string>;

/** Jobs of stages that were handed to a queue and have not all come to their end. */
async function jobsSubmitted(layout: Layout, { configHash }: Prediction): Promise<Jobs> {
  if ((await namesIn(layout.submissionsOpen)).length === 0) return new Map();
  const { openSubmissions } = await import('../slurm/submissions.ts');
  const { jobsOfStages } = await import('../slurm/jobs-of-stages.ts');
  const own = (await openSubmissions(layout)).filter(({ id }) => id.configHash === configHash);
  const jobs = await Promise.all(own.map(({ id }) => jobsOfStages(layout, id)));
  return new Map(jobs.flatMap((one) => [...one]));
}

function wouldRun({ stages }: Pick<Prediction, 'stages'>): boolean {
  return stages.some(({ outcome }) => outcome === 'ran' || outcome === 'unknown');
}

function statusJson({ configHash, stages }: Prediction, jobs: Jobs): string {
  const status = wouldRun({ stages }) ? 'would-run' : 'up-to-date';
  const plain = stages.map(({ name, outcome, fingerprint, why }) => ({
    ...{ name, outcome, fingerprint: fingerprint ?? null, why },
    reason: why.map(reasonText),
    ...(isKnown(outcome) || !jobs.has(name) ? {} : { job: jobs.get(name) }),
  }));
  return `${JSON.stringify({ configHash, status, stages: plain }, undefined, 2)}\n`;
}

function statusText({ configHash, stages }: Prediction, jobs: Jobs, withWhy: boolean): string {
  const width = Math.max(...stages.map(({ name }) => name.length));
  const lines = stages.flatMap((stage) => [
    `  ${stage.name.padEnd(width)}  ${outcomeText(stage)}${jobText(stage, jobs)}`,
    ...(withWhy ? stage.why.map((reason) => `  ${' '.repeat(width)}    ${reasonText(reason)}`) : []),
  ]);
  return `${[`run ${short(configHash)}`, ...lines].join('\n')}\n`;
}

const isKnown = (outcome: StagePrediction['outcome']) => outcome === 'fresh' || outcome === 'cached';

function jobText({ name, outcome }: StagePrediction, jobs: Jobs): string {
  const job = jobs.get(name);
  return job === undefined || isKnown(outcome) ? '' : `: submitted as job ${job}`;
}

function outcomeText({ outcome }: StagePrediction): string {
  switch (outcome) {
    case 'fresh':
      return 'fresh';
    case 'cached':
      return 'cached: its result is known from another run';
    case 'ran':
      return 'will run';
    case 'unknown':
      return 'may run';
    default:
      return unreachable(outcome);
  }
}

export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'always':
      return 'it runs in every run (always: true)';
    case 'forced':
      return 'it is run again (--force)';
    case 'never-run':
      return 'it never ran before';
    case 'result-gone':
      return `its result of ${reason.since} was deleted or damaged`;
    case 'failed':
      return `it failed in ${reason.since}`;
    case 'cancelled':
      return `it was cancelled in ${reason.since}`;
    case 'pruned':
      return `it was pruned in ${reason.since}`;
    case 'upstream':
      return `it depends on ${reason.stage}, which will or may run`;
    case 'changed': {
      const { field, before, after } = reason.change;
      return `${field} changed since ${reason.since}: ${valueText(field, before)} → ${valueText(field, after)}`;
    }
    default:
      return unreachable(reason);
  }
}

const longestValue = 60;

/** On one line and not too long; of a content its hash. */
export function valueText(field: string, value: unknown): string {
  if (value === undefined) return '(none)';
  if (typeof value === 'string' && /^(deps|code)\./.test(field)) return short(value);
  const text = JSON.stringify(value);
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`;
}
