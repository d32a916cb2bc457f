/** What a cluster must have for Retrial, tried by one small job on a compute node: the answer comes back as a file. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { type Slurm, slurm } from '../slurm/client.ts';
import { phaseOf, type SlurmJob } from '../slurm/job-state.ts';
import { endingOf, stuckBecause } from '../slurm/job-words.ts';
import { type SlurmSettings, sbatchArguments, siteSettings } from '../slurm/options.ts';
import { batchScript, logPattern } from '../slurm/script.ts';
import { isErrno } from '../store/files.ts';
import type { Check } from './doctor-checks.ts';

/** What {@link nodeChecks} found on a compute node. */
export interface NodeReport {
  readonly host: string;
  /** Milliseconds since the epoch, by the node's clock. */
  readonly now: number;
  readonly checks: readonly Check[];
}

const commands = ['sbatch', 'squeue', 'scontrol', 'scancel'] as const;
/** How long the job may wait and run. */
const patienceMs = 120_000;
/** Clocks that are further apart make ages of files and order of events doubtful. */
const mostApartMs = 2_000;

/** Where nobody asked, no job is submitted: only whether there is a cluster is told, and nothing where there is none. */
export async function clusterHint(): Promise<Check[]> {
  const reached = await slurm({ timeoutMs: 5_000 }).ping();
  if (!reached.ok) return [];
  return [
    { name: 'slurm', state: 'ok', found: `${versionOf()}, which answers; retrial doctor --slurm tries it by a job` },
  ];
}

/** @param directory of the project */
export async function clusterChecks(directory: string): Promise<Check[]> {
  const missing = commands.filter((name) => spawnSync(name, ['--version'], { timeout: 10_000 }).error !== undefined);
  if (missing.length > 0) {
    const todo = 'run it on a login node, or load the module of Slurm';
    return [{ name: 'slurm', state: 'fail', found: `not found: ${missing.join(', ')}`, todo }];
  }
  const client = slurm({ timeoutMs: 20_000 });
  const reached = await client.ping();
  if (!reached.ok) {
    const todo = 'try again later, or ask who runs the cluster; SLURM_CONF says where its configuration is';
    return [{ name: 'slurm', state: 'fail', found: `no answer: ${reached.failure.message}`, todo }];
  }
  return [
    { name: 'slurm', state: 'ok', found: `${versionOf()}, which answers` },
    ...(await fromNode(directory, client)),
  ];
}

function versionOf(): string {
  return spawnSync('sbatch', ['--version'], { encoding: 'utf8', timeout: 10_000 }).stdout.trim();
}

async function fromNode(directory: string, client: Slurm): Promise<Check[]> {
  const name = 'compute node';
  const runs = join(directory, 'runs');
  const isOurs = !existsSync(runs);
  let folder: string | undefined;
  try {
    mkdirSync(runs, { recursive: true });
    folder = mkdtempSync(join(runs, '.doctor-slurm-'));
    const settings = await siteSettings(directory);
    const report = await askNode(directory, folder, client, settings);
    if ('found' in report) return [{ name, ...report }];
    return [
      { name, state: 'ok', found: `${report.host} sees ${runs}, and what it writes is seen here` },
      clockCheck(report, Date.now()),
      ...report.checks.map((check) => ({ ...check, name: `${check.name} there` })),
    ];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ name, state: 'fail', found: error.message, todo: 'mend configs/slurm.yaml' }];
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    if (isOurs) removeIfEmpty(runs);
  }
}

/** What somebody began in it in the meantime stays. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  }
}

type Trouble = Omit<Check, 'name'>;

async function askNode(
  directory: string,
  folder: string,
  client: Slurm,
  settings: SlurmSettings,
): Promise<NodeReport | Trouble> {
  const [script, word, answer] = [join(folder, 'job.sh'), join(folder, 'word'), join(folder, 'answer.json')];
  writeFileSync(word, hostname());
  const command = [process.execPath, ...process.execArgv, process.argv[1] ?? '', 'doctor', '--node', folder];
  writeFileSync(script, batchScript({ workdir: directory, setup: settings.setup ?? [], command }));
  const args = [`--output=${logPattern(folder, 'log.txt')}`, '--job-name=retrial-doctor'];
  const submitted = await client.submit([...args, ...sbatchArguments({ ...settings, time: '5m' }), script]);
  if (submitted.ok) return await answered(client, submitted.value, folder, answer);
  return {
    state: 'fail',
    found: `no job: ${submitted.failure.message}`,
    todo: 'say in configs/slurm.yaml what the site wants',
  };
}

async function answered(client: Slurm, id: string, folder: string, answer: string): Promise<NodeReport | Trouble> {
  let last: SlurmJob | undefined;
  for (const startedMs = performance.now(); performance.now() - startedMs < patienceMs; await sleep(500)) {
    if (existsSync(answer)) return JSON.parse(readFileSync(answer, 'utf8')) as NodeReport;
    const known = await client.jobs([id]);
    if (!known.ok) continue;
    const [job] = known.value;
    last = job;
    const stuck = job && stuckBecause(job);
    if (stuck !== undefined)
      return await givenUp(client, id, `job ${id} waits in vain: ${stuck}`, 'mend configs/slurm.yaml');
    if (job !== undefined && phaseOf(job) !== 'ended') continue;
    await sleep(5_000); // what a network file system shows late
    if (!existsSync(answer)) return noAnswer(id, job, folder);
  }
  if (last !== undefined && phaseOf(last) === 'running') {
    const todo = 'the set-up of configs/slurm.yaml or the disk may be slow there';
    return await givenUp(client, id, `job ${id} on ${last.node} did not end within two minutes`, todo);
  }
  const todo = 'try again when the cluster is less busy';
  return await givenUp(client, id, `job ${id} did not start within two minutes`, todo);
}

/** @param job undefined where Slurm does not know it any more */
function noAnswer(id: string, job: SlurmJob | undefined, folder: string): Trouble {
  const path = join(folder, 'log.txt');
  const log = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  const end = job === undefined ? `job ${id} is gone from the queue` : `job ${id} on ${job.node} ${endingOf(job)}`;
  return {
    state: 'fail',
    found: `${end} and left no answer${log === '' ? '' : `: ${log.split('\n').at(-1)}`}`,
    todo: `${folder} and ${process.execPath} have to be seen there under the same paths`,
  };
}

async function givenUp(client: Slurm, id: string, found: string, todo: string): Promise<Trouble> {
  await client.cancel([id]);
  return { state: 'warn', found, todo };
}

/** As far as the answer was not long on its way. */
function clockCheck({ host, now }: NodeReport, hereNow: number): Check {
  const apartMs = Math.abs(hereNow - now);
  const found = `that of ${host} is ${(apartMs / 1000).toFixed(1)} s apart, the way of its answer included`;
  if (apartMs <= mostApartMs + 1_000) return { name: 'clock there', state: 'ok', found };
  return {
    name: 'clock there',
    state: 'warn',
    found,
    todo: 'have both set by NTP: ages of files and the order of events go by them',
  };
}
