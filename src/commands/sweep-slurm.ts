/** `retrial sweep FILE --executor slurm`: one array of workers is submitted, and the command returns. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { exitCode, UserError } from '../errors.ts';
import { counted } from '../logging/format.ts';
import { stagesInOrder } from '../plan/graph.ts';
import { type Slurm, slurm } from '../slurm/client.ts';
import { phaseOf, type SlurmJob } from '../slurm/job-state.ts';
import { lastWords } from '../slurm/last-words.ts';
import { lessAhead } from '../slurm/mistakes.ts';
import { type SlurmSettings, sbatchArguments } from '../slurm/options.ts';
import { batchScript, logPattern } from '../slurm/script.ts';
import { noteWhatIsOver, submittedWorkers, submitWorkers } from '../slurm/submitted-workers.ts';
import { limitSeconds, signalSecondsOf, toldTooEarly } from '../slurm/time-limit.ts';
import { newNonce } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { takeMutex } from '../store/mutex.ts';
import { leaderboard } from '../sweep/leaderboard.ts';
import { type SweepSpec, targetsOf } from '../sweep/spec.ts';
import type { StudyState } from '../sweep/study-state.ts';
import { slurmError } from './slurm-failure.ts';
import { givenBy, neededBy, unheardText, workerSettings } from './slurm-settings.ts';
import type { SweepCommandOptions } from './sweep.ts';
import { workerArguments } from './sweep-workers.ts';

/** So many where neither the command nor anything else says. */
const defaultWorkers = 8;

interface Submitted {
  /** What sbatch said; absent where nothing was submitted. */
  readonly job?: string;
  readonly workers: number;
  /** Workers that waited and ran before. */
  readonly before: readonly SlurmJob[];
  /** Those of the submission before, where all of them failed. */
  readonly failed: readonly SlurmJob[];
}

/** What is asked of the command, and what its workers ask Slurm for. */
interface SweepRequest {
  readonly file: string;
  readonly options: SweepCommandOptions;
  readonly spec: SweepSpec;
  readonly layout: Layout;
  readonly settings: SlurmSettings;
}

export async function submitSweep(
  file: string,
  options: SweepCommandOptions,
  spec: SweepSpec,
  layout: Layout,
  state: StudyState,
): Promise<number> {
  const needed = neededBy(stagesInOrder(spec.pipeline, targetsOf({ until: spec.final?.until ?? spec.until })));
  const settings = await workerSettings(spec.pipeline.root, needed, spec.slurm, options);
  const early = toldTooEarly(settings);
  if (early !== undefined) throw new UserError(early, lessAhead);
  const lock = await takeMutex(layout, `slurm-${spec.name}`); // of two commands the second sees what the first submitted
  try {
    const open = leaderboard(spec, state).states.waiting ?? 0;
    const wanted = Math.max(1, Math.min(options.workers ?? defaultWorkers, open));
    const submitted = await topUp({ file, options, spec, layout, settings }, wanted);
    say(spec, layout, submitted, options.json === true);
    const unheard = submitted.workers === 0 ? Object.keys(givenBy(options)) : [];
    if (unheard.length > 0) process.stderr.write(`${unheardText(unheard)}\n`);
    return exitCode.ok;
  } finally {
    lock?.end();
  }
}

/** Submits as many as lack. Nothing is submitted where it cannot be known how many there are. */
async function topUp(request: SweepRequest, wanted: number): Promise<Submitted> {
  const client = slurm();
  const { folder } = request.layout.study(request.spec.name).slurm;
  const there = await submittedWorkers(folder, client);
  if (!there.ok) throw slurmError(there.failure, 'nothing was submitted; the same command again, later');
  await noteWhatIsOver(folder, there.value);
  const [unanswered] = there.value.unanswered;
  if (unanswered !== undefined)
    throw new UserError(
      `Slurm did not say whether it took ${unanswered.workers} workers that were submitted minutes ago, and may still do so`,
      'nothing was submitted; the same command again, in five minutes',
    );
  const before = there.value.jobs.filter((job) => phaseOf(job) !== 'ended');
  const workers = Math.max(0, wanted - before.length);
  if (workers === 0) return { workers, before, failed: [] };
  const failed = there.value.jobs.every(({ state }) => state === 'FAILED') ? there.value.jobs : [];
  return { job: await submit(request, client, workers), workers, before, failed };
}

async function submit(request: SweepRequest, client: Slurm, workers: number): Promise<string> {
  const { spec, layout, settings } = request;
  const { folder, script, logs, ended } = layout.study(spec.name).slurm;
  for (const needed of [logs, ended]) mkdirSync(needed, { recursive: true }); // a log that cannot be opened fails the job without a word
  const mark = `retrial:${newNonce()}`;
  const args = argumentsOf(spec.name, settings, { workers, mark, logs });
  const answer = await submitWorkers(
    folder,
    client,
    (number) => ({ mark, workers, args: [...args, script(number)] }),
    ({ number, args: submitted }) => writeFileSync(script(number), scriptOf(request, submitted, ended)),
  );
  if (answer.ok) return answer.value;
  if (answer.failure.kind === 'unreachable')
    throw slurmError(answer.failure, 'whether it was submitted, the same command again finds out');
  const isTooMany = /array/i.test(answer.failure.message);
  throw slurmError(
    answer.failure,
    isTooMany
      ? 'fewer --workers: `scontrol show config` says as MaxArraySize how many one array may have'
      : 'see docs/slurm.md for what a site may want to be told',
  );
}

interface SubmittedAs {
  readonly workers: number;
  readonly mark: string;
  readonly logs: string;
}

/** Options of sbatch. */
function argumentsOf(study: string, settings: SlurmSettings, { workers, mark, logs }: SubmittedAs): string[] {
  const cap = settings.array_cap === undefined ? '' : `%${settings.array_cap}`;
  return [
    ...['--requeue', '--open-mode=append', `--output=${logPattern(logs, '%A_%a.log')}`, `--job-name=retrial-${study}`],
    ...sbatchArguments(settings),
    ...[`--array=0-${workers - 1}${cap}`, `--signal=B:USR1@${signalSecondsOf(settings)}`, `--comment=${mark}`],
  ];
}

function scriptOf(
  { file, options, spec, settings }: SweepRequest,
  submitted: readonly string[],
  ended: string,
): string {
  const { timeMs } = spec.budget;
  const ahead = signalSecondsOf(settings);
  const graceMs = Math.max(5, ahead - 20) * 1000;
  const limit = limitSeconds(settings.time);
  const told = limit === undefined ? [] : ['--told-after', String(limit - ahead)];
  const deadline = timeMs === undefined ? [] : ['--deadline', String(Date.now() + timeMs)];
  return batchScript({
    workdir: process.cwd(),
    setup: [...(settings.setup ?? []), `export RETRIAL_GRACE_MS="\${RETRIAL_GRACE_MS:-${graceMs}}"`],
    command: [
      ...[process.execPath, ...process.execArgv, process.argv[1] ?? ''],
      ...workerArguments(file, options, 1),
      ...['--executor', 'slurm', ...told, ...deadline],
    ],
    ended,
    submitted,
  });
}

function say({ name, budget }: SweepSpec, layout: Layout, submitted: Submitted, json: boolean): void {
  const { job, workers, before, failed } = submitted;
  const running = before.filter((one) => phaseOf(one) === 'running').length;
  const waiting = before.length - running;
  const { logs, log } = layout.study(name).slurm;
  if (json) {
    const told = { study: name, job: job ?? null, submitted: workers, waiting, running, logs };
    process.stdout.write(`${JSON.stringify(told, undefined, 2)}\n`);
    return;
  }
  const [first] = failed;
  if (first !== undefined)
    process.stderr.write(
      `${failed.length === 1 ? 'the worker' : `all ${failed.length} workers`} before failed; ${lastWords(log(first.id))}\n`,
    );
  const already = before.length === 0 ? '' : `; ${running} running and ${waiting} waiting before`;
  const what =
    job === undefined
      ? `nothing is submitted: ${counted(running, 'worker')} ${running === 1 ? 'is' : 'are'} running and ${waiting} waiting already`
      : `${counted(workers, 'worker')} submitted as job ${job}${already}`;
  process.stdout.write(
    `study ${name}: ${counted(budget.trials, 'trial')}, ${what}\nfollow it: the same command with --watch; what workers print: ${relative('', logs)}\n`,
  );
}
