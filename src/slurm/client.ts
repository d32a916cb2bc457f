/**
 * Slurm through its own commands. Each call has a time limit, as a controller that is gone blocks it; what a call came to
 * is a value, never thrown.
 */
import { execa } from 'execa';
import { currentProcess } from '../store/process-identity.ts';
import { phaseOf, type SlurmJob } from './job-state.ts';
import { jobsInJson } from './squeue-json.ts';
import { jobsInText, textArguments } from './squeue-text.ts';

/** `refused`: Slurm answered, and said no; `unreachable`: nobody answered, so that what was asked may be done or not. */
export interface SlurmFailure {
  readonly kind: 'refused' | 'unreachable' | 'missing-command';
  /** In Slurm's words. */
  readonly message: string;
  /** What ended the command from outside, before it had an answer. */
  readonly signal?: NodeJS.Signals;
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: SlurmFailure };

export interface Slurm {
  /** @param args options of sbatch, then the script. @returns the job's number, or of an array that of all its tasks */
  submit(args: readonly string[]): Promise<Answer<string>>;
  /** Whether Slurm would take it; nothing is submitted. @param args options of sbatch alone */
  test(args: readonly string[]): Promise<Answer<void>>;
  /** What is known of jobs by what {@link submit} gave, each task of an array by itself; who is not among them is gone. */
  jobs(submitted: readonly string[]): Promise<Answer<readonly SlurmJob[]>>;
  /** The user's jobs, waiting and running. */
  mine(): Promise<Answer<readonly SlurmJob[]>>;
  /** Back into the queue, under the same number: what runs of it ends, and so may this command where it runs in that job. */
  requeue(id: string): Promise<Answer<void>>;
  cancel(ids: readonly string[]): Promise<Answer<void>>;
  /** What the cluster is called that all of this is about; asked once. */
  cluster(): Promise<Answer<string>>;
  /** Whether the controller answers. */
  ping(): Promise<Answer<void>>;
}

export interface SlurmOptions {
  /** Of one call. */
  readonly timeoutMs?: number;
}

/** Slurm's own MessageTimeout is 10 s by default, and a command tries more than once. */
const defaultTimeoutMs = 25_000;

export function slurm({ timeoutMs = defaultTimeoutMs }: SlurmOptions = {}): Slurm {
  const call = (command: string, args: readonly string[]) => callOnce(command, args, timeoutMs);
  const done = async (command: string, args: readonly string[]) => mapped(await call(command, args), () => undefined);
  let cluster: string | undefined = currentProcess().slurm?.cluster;
  return {
    cluster: async () => {
      if (cluster !== undefined) return { ok: true, value: cluster };
      const answer = mapped(await call('scontrol', ['show', 'config']), clusterIn);
      if (answer.ok) cluster = answer.value;
      return answer;
    },
    submit: async (args) => numbered(await call('sbatch', ['--parsable', ...args])),
    test: (args) => done('sbatch', ['--test-only', ...args, '--wrap=true']),
    jobs: async (submitted) => (submitted.length === 0 ? { ok: true, value: [] } : jobs(call, submitted)),
    mine: async () => mapped(await call('squeue', ['--me', ...textArguments]), jobsInQueue),
    requeue: (id) => done('scontrol', ['requeue', id]).then(orEndedByIt),
    cancel: (ids) => done('scancel', ids),
    ping: () => done('squeue', ['-h', '-j', '0', '-o', '%i']).then(orNoSuchJob),
  };
}

/** What sbatch said last: the job's number, and where there are several the name of its cluster. */
function numbered(answer: Answer<string>): Answer<string> {
  if (!answer.ok) return answer;
  const said = answer.value.trim().split('\n').at(-1) ?? '';
  const [, number] = said.match(/^(\d+)(;.*)?$/) ?? [];
  if (number !== undefined) return { ok: true, value: number };
  const message = `sbatch gave no number of a job${said === '' ? '' : `: ${said}`}`;
  return { ok: false, failure: { kind: 'unreachable', message } };
}

/** Of sbatch's variables those that make something else of a job than is asked, or do not say which it is; a site's wishes stay. */
const contradicting = ['ARRAY_INX', 'CLUSTERS', 'ERROR', 'INPUT', 'QUIET', 'WAIT'].map((name) => `SBATCH_${name}`);

/**
 * What a profile says to a command does not hold for what is asked here: with SQUEUE_PARTITION, jobs of other partitions
 * would be gone.
 *
 * @returns the names as not set
 */
export function unsaid(command: string, env: Readonly<NodeJS.ProcessEnv>): Record<string, undefined> {
  const own = `${command.toUpperCase()}_`;
  const names = command === 'sbatch' ? contradicting : Object.keys(env).filter((name) => name.startsWith(own));
  return Object.fromEntries([...names, 'SLURM_CLUSTERS'].map((name) => [name, undefined]));
}

function jobsInQueue(text: string): SlurmJob[] {
  return jobsInText(text).filter((job) => phaseOf(job) !== 'ended');
}

function clusterIn(config: string): string {
  return config.match(/^ClusterName\s*=\s*(\S+)/m)?.[1] ?? '';
}

/**
 * Whether jobs are in the queue of another cluster that sees the same disk. Their numbers mean other jobs here, or none: nothing
 * is known of them. Those on record without a cluster are taken for jobs of any.
 */
export async function isElsewhere(
  client: Pick<Slurm, 'cluster'>,
  { cluster }: { readonly cluster?: string },
): Promise<Answer<boolean>> {
  if (cluster === undefined) return { ok: true, value: false };
  return mapped(await client.cluster(), (here) => here !== cluster);
}

type Call = (command: string, args: readonly string[]) => Promise<Answer<string>>;

async function jobs(call: Call, submitted: readonly string[]): Promise<Answer<readonly SlurmJob[]>> {
  const text = await call('squeue', ['-j', submitted.join(), ...textArguments]);
  if (text.ok) return { ok: true, value: jobsInText(text.value) };
  if (isNoSuchJob(text.failure)) return { ok: true, value: [] };
  if (!/format specification|unrecognized option|invalid option/i.test(text.failure.message)) return text;
  const json = await call('squeue', ['--json']); // all there are: versions differ in whether they select here
  if (!json.ok) return json;
  const all = jobsInJson(json.value);
  if (all === undefined) return text;
  const wanted = new Set(submitted);
  return { ok: true, value: all.filter((job) => wanted.has(job.submitted)) };
}

/** A single number that squeue does not know is an error to it; of several it leaves those out. */
function isNoSuchJob({ message }: SlurmFailure): boolean {
  return /Invalid job id/i.test(message);
}

function orNoSuchJob(answer: Answer<void>): Answer<void> {
  return !answer.ok && isNoSuchJob(answer.failure) ? { ok: true, value: undefined } : answer;
}

/** Slurm ends what runs in a job that goes back into the queue at once, and does not spare who asked for it. */
function orEndedByIt(answer: Answer<void>): Answer<void> {
  return !answer.ok && answer.failure.signal !== undefined ? { ok: true, value: undefined } : answer;
}

/** As Slurm says that it did not come so far as to ask: a word alone may be what the user named, a partition or a node. */
const nobodyAsked =
  /unable to contact|connect failure|connection refused|timed out connecting|unable to establish|configuration source|DNS SRV|host is down|no route to host|slurm backup controller|in standby mode|munge (?:en|de)code failed|if munged is up|munged? (?:daemon|socket)/i;

/** And that it may have. */
const nobodyAnswered =
  /connection (?:timed out|reset)|broken pipe|message (?:send|receive) failure|(?:socket|operation|poll) timed out|zero bytes were|communication (?:connection failure|shutdown failure|error)/i;

/** A controller that had no time may take what it was asked for after the command that asked has given up. */
export const lateMs = 5 * 60_000;

/** Whether Slurm may have been asked, and may do it yet. */
export function mayStillHappen({ kind, message }: SlurmFailure): boolean {
  return kind === 'unreachable' && !nobodyAsked.test(message);
}

/** Of a command that failed, by its words. */
export function kindOf(message: string): 'unreachable' | 'refused' {
  return nobodyAsked.test(message) || nobodyAnswered.test(message) ? 'unreachable' : 'refused';
}

async function callOnce(command: string, args: readonly string[], timeoutMs: number): Promise<Answer<string>> {
  const result = await execa(command, args, {
    reject: false,
    stdin: 'ignore',
    timeout: timeoutMs,
    forceKillAfterDelay: 1_000,
    maxBuffer: 256 * 2 ** 20,
    env: { ...unsaid(command, process.env), SLURM_BITSTR_LEN: '0' }, // else long lists of tasks are cut short
  });
  if (!result.failed) return { ok: true, value: result.stdout };
  const message = wordsOf(result.stderr) || (result.shortMessage ?? '');
  if (result.code === 'ENOENT' || result.code === 'EACCES')
    return { ok: false, failure: { kind: 'missing-command', message: `${command} was not found` } };
  if (result.timedOut)
    return {
      ok: false,
      failure: { kind: 'unreachable', message: `${command} had no answer for ${timeoutMs / 1000} s` },
    };
  if (result.signal !== undefined) {
    const words = `${command} was ended by ${result.signal}`;
    return { ok: false, failure: { kind: 'unreachable', message: words, signal: result.signal } };
  }
  return { ok: false, failure: { kind: kindOf(message), message } };
}

/** `sbatch: error: …` without the program's name. */
function wordsOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.replace(/^\w+: (?:error|fatal): /, '').trim());
  return [...new Set(lines)].filter((line) => line !== '').join('; ');
}

function mapped<A, B>(answer: Answer<A>, to: (value: A) => B): Answer<B> {
  return answer.ok ? { ok: true, value: to(answer.value) } : answer;
}
