/** `retrial run --executor slurm`: each stage a job; returns when they are in the queue, or with --wait at the end. */
import { exitCode, UserError } from '../errors.ts';
import type { StageOutcome } from '../events.ts';
import type { StageResult } from '../execute/execute-stage.ts';
import { checkTimes } from '../execute/jobs/check-times.ts';
import { type Followed, followSubmission } from '../execute/jobs/follow-submission.ts';
import { type LookingAt, lookAt } from '../execute/jobs/look-at.ts';
import { planJobs } from '../execute/jobs/plan-jobs.ts';
import { type Submitted, submit } from '../execute/jobs/submit.ts';
import { metricValues } from '../execute/results.ts';
import type { RunResult } from '../execute/run.ts';
import { consoleSink } from '../logging/console.ts';
import { type Slurm, slurm } from '../slurm/client.ts';
import { siteSettings } from '../slurm/options.ts';
import { quoted } from '../slurm/script.ts';
import type { Submission } from '../slurm/submissions.ts';
import { askedOf, type Wishes } from '../slurm/unit-arguments.ts';
import { findPublished } from '../store/published.ts';
import { type Interrupt, onInterrupt } from './interrupt.ts';
import { openProject, type Project } from './project.ts';
import { type RunOptions, report, runHere } from './run.ts';
import { runJson } from './run-json.ts';
import { slurmError } from './slurm-failure.ts';
import { givenBy, unheardText } from './slurm-settings.ts';
import { cancelling, type InQueue, submissionJson, submissionLines } from './slurm-text.ts';

export async function runOnSlurm(targets: readonly string[], options: RunOptions): Promise<number> {
  if (options.jobs !== undefined)
    throw new UserError(
      '-j is for stages on this machine; Slurm itself says how many jobs run at once',
      'array_cap in configs/slurm.yaml limits how many of an array do',
    );
  const { executor: _, wait: __, ...local } = options;
  const project = await openProject(options);
  const wishes = { site: await siteSettings(project.pipeline.root), flags: givenBy(options) };
  if (options.dryRun === true) {
    const code = await runHere(targets, local);
    if (options.json !== true) await sayAsked({ ...project, targets, force: options.force === true }, wishes);
    return code;
  }
  const screen = consoleSink({ stream: process.stderr, layout: project.layout });
  const interrupt = onInterrupt((message) => options.wait !== true && process.stderr.write(`\n${message}\n`));
  const queue = slurm();
  try {
    const submitted = await submit({
      ...{ ...project, targets, slurm: queue, sink: screen, signal: interrupt.signal },
      ...{ force: options.force === true, isolated: options.isolated === true, tags: options.tag ?? [] },
      ...(options.note === undefined ? {} : { note: options.note }),
      wishes,
    });
    screen.close();
    if (submitted.kind === 'known') return await runHere(targets, local); // it says so, and points at what is known
    if (submitted.kind !== 'submitted') return notSubmitted(submitted, interrupt);
    const unheard = submitted.isNew ? [] : Object.keys(wishes.flags);
    if (unheard.length > 0) process.stderr.write(`${unheardText(unheard)}\n`);
    if (options.wait === true) return await followed({ project, queue, interrupt, options }, submitted);
    await say(submitted, queue, options.json === true);
    return exitCode.ok;
  } finally {
    screen.close();
    interrupt.stop();
  }
}

/** What sbatch would be asked for each of the jobs. */
async function sayAsked(at: LookingAt, wishes: Wishes): Promise<void> {
  const { pending } = await lookAt(at);
  checkTimes(pending, wishes);
  const units = planJobs(pending);
  const width = Math.max(0, ...units.map(({ name }) => name.length));
  for (const unit of units)
    process.stdout.write(`  ${unit.name.padEnd(width)}  sbatch ${askedOf(unit, wishes).map(quoted).join(' ')}\n`);
}

async function say(submitted: InQueue, queue: Slurm, json: boolean): Promise<void> {
  const states = submitted.isNew ? [] : await queue.jobs([...submitted.jobs.values()]);
  const known = 'ok' in states && states.ok ? states.value : [];
  if (json) process.stdout.write(`${JSON.stringify(submissionJson(submitted, known), undefined, 2)}\n`);
  else process.stderr.write(`${submissionLines(submitted, known).join('\n')}\n`);
}

function notSubmitted(submitted: Exclude<Submitted, { kind: 'known' | 'submitted' }>, interrupt: Interrupt): number {
  switch (submitted.kind) {
    case 'interrupted':
      return interrupt.exitCode() ?? exitCode.interrupted;
    case 'nothing':
      throw slurmError(submitted.failure, 'nothing was submitted');
    case 'refused':
      throw slurmError(submitted.failure, 'the jobs before it were cancelled, and the attempt has its end');
    case 'incomplete':
      throw slurmError(submitted.failure, 'the same command again submits what is missing');
  }
}

interface Waiting {
  readonly project: Project;
  readonly queue: Slurm;
  readonly interrupt: Interrupt;
  readonly options: RunOptions;
}

async function followed(waiting: Waiting, { submission, jobs }: InQueue): Promise<number> {
  const { project, queue, interrupt, options } = waiting;
  const { layout, pipeline } = project;
  const screen = consoleSink({ stream: process.stderr, layout });
  const end = await followSubmission({
    ...{ layout, submission, slurm: queue, sink: screen, signal: interrupt.signal, file: pipeline.file },
    say: (line) => process.stderr.write(`  ${line}\n`),
  });
  screen.close();
  if (end === undefined) {
    process.stderr.write(`\nits jobs go on; the same command follows them again, and ${cancelling(jobs)} ends them\n`);
    return interrupt.exitCode() ?? exitCode.interrupted;
  }
  report(runJson(await resultOf(project, submission, end)), options.json === true);
  return end.status === 'complete' ? exitCode.ok : exitCode.stageFailed;
}

async function resultOf({ layout, pipeline }: Project, submission: Submission, end: Followed): Promise<RunResult> {
  const stages: StageResult[] = [];
  for (const name of Object.keys(submission.stages)) {
    const { outcome, fingerprint, durationMs = 0, ...rest } = endOf(submission, end, name);
    const lock = fingerprint && (await findPublished(layout, fingerprint));
    stages.push({
      ...{ name, outcome, durationMs },
      ...(fingerprint === undefined ? {} : { fingerprint }),
      ...(lock === undefined || rest.failure !== undefined ? {} : { lock }),
      ...(rest.failure === undefined ? {} : { failure: rest.failure }),
      ...(rest.differing === undefined ? {} : { differing: rest.differing }),
    });
  }
  const status = end.status === 'running' || end.status === 'killed' ? 'failed' : end.status;
  return { ...submission.id, status, stages, metrics: metricValues(pipeline, stages) };
}

type StageEnd = { readonly outcome: StageOutcome } & Partial<
  Pick<StageResult, 'fingerprint' | 'durationMs' | 'failure' | 'differing'>
>;

function endOf({ known }: Submission, { ended }: Followed, stage: string): StageEnd {
  return known[stage] ?? ended.get(stage) ?? { outcome: 'cancelled', failure: { kind: 'cancelled' } };
}
