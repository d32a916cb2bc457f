/**
 * What the jobs of `retrial run --executor slurm` execute: `run --job HASH@2 --unit train` one stage, `run --seal HASH@2`
 * the end of the attempt.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCode, UserError } from '../errors.ts';
import type { AttemptId } from '../events.ts';
import { joinAttempt } from '../execute/jobs/joined-recorder.ts';
import { runStageJob } from '../execute/jobs/run-stage-job.ts';
import { pipelineAsSubmitted, sealAttempt } from '../execute/jobs/seal-attempt.ts';
import { failuresOf, jobsOf } from '../execute/jobs/settle.ts';
import { stageOf } from '../execute/results.ts';
import type { ConfigHash } from '../hash.ts';
import { consoleSink } from '../logging/console.ts';
import { findPipeline } from '../pipeline/find-pipeline.ts';
import { slurmAuthority } from '../slurm/authority.ts';
import { slurm } from '../slurm/client.ts';
import { readSubmission, type Submission } from '../slurm/submissions.ts';
import { say } from '../slurm/words.ts';
import { judgeBy } from '../store/claim-life.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import { currentProcess } from '../store/process-identity.ts';
import { atLimit, lastMoment } from './job-limit.ts';
import { onJobSignals } from './job-signals.ts';
import type { RunOptions } from './run.ts';

export async function runJobCommand(options: RunOptions): Promise<number> {
  const file = findPipeline(options.directory ?? process.cwd());
  const layout = layoutOf(join(file, '..', 'runs'));
  const submission = await submissionNamed(layout, options.job ?? options.seal ?? '');
  judgeBy(slurmAuthority(slurm()));
  if (options.seal !== undefined) return await seal(file, layout, submission);
  const unit = submission.units.find(({ name }) => name === options.unit);
  const name = unit?.stages[unit.stages.length === 1 ? 0 : Number(process.env.SLURM_ARRAY_TASK_ID)];
  if (name === undefined) throw new UserError(`${options.job} has no job ${options.unit}`);
  return await runOne(file, layout, submission, name, (options.ahead ?? 0) * 1000);
}

async function submissionNamed(layout: Layout, name: string): Promise<Submission> {
  const [configHash = '', attempt = ''] = name.split('@');
  const id: AttemptId = { configHash: configHash as ConfigHash, attempt: Number(attempt) };
  const submission = await readSubmission(layout, id);
  if (submission === undefined) throw new UserError(`nothing was submitted of ${name}`, 'was it removed since?');
  return submission;
}

async function runOne(
  file: string,
  layout: Layout,
  submission: Submission,
  name: string,
  aheadMs: number,
): Promise<number> {
  const { job = '', restarts: restart = 0 } = currentProcess().slurm ?? {};
  const limited = { layout, submission, stage: name, job, startedMs: Date.now(), aheadMs };
  const told = onJobSignals(() => lastMoment(limited));
  const pipeline = await pipelineAsSubmitted(file, layout, submission);
  const screen = consoleSink({ stream: process.stderr, layout });
  try {
    if (pipeline === undefined) {
      sayChanged(layout, submission, name, { job, restart });
      return exitCode.stageFailed;
    }
    const result = await runStageJob({
      ...{ layout, submission, pipeline, job, restart, sink: screen, stage: stageOf(pipeline, name) },
      signal: told.signal,
      stopped: async (ended) => (told.isLimit() ? await atLimit(limited, slurm(), ended) : ended),
    });
    if (result === undefined) await sleep(60_000); // it is being taken back into the queue: what ends here is no end
    return told.exitCode() ?? (result?.lock === undefined ? exitCode.stageFailed : exitCode.ok);
  } finally {
    screen.close();
    told.stop();
  }
}

/** Its text is no pipeline any more, or that of another experiment. */
function sayChanged(layout: Layout, { id }: Submission, stage: string, by: { job: string; restart: number }): void {
  const recorder = joinAttempt(layout, id, (event) => say(layout, id, { ...by, event }));
  const failure = { kind: 'inputs-changed', paths: ['pipeline.yaml'], queued: true } as const;
  recorder.stageFinished({ stage, outcome: 'failed', durationMs: 0, failure });
  recorder.close();
}

const askingMs = { pause: 10_000, most: 180_000 };

async function seal(file: string, layout: Layout, submission: Submission): Promise<number> {
  const jobs = await jobsOf(layout, submission);
  const ask = async () => {
    const queue = slurm();
    const startedMs = performance.now();
    for (;;) {
      const answer = await queue.jobs([...jobs.values()]);
      if (answer.ok || performance.now() - startedMs > askingMs.most) return answer;
      await sleep(askingMs.pause);
    }
  };
  await sealAttempt({ layout, file, submission, ...failuresOf(layout, submission, jobs, ask) });
  return exitCode.ok;
}
