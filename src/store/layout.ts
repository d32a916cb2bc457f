/** Every path under `runs/` is built here, and nowhere else. */
import { join } from 'node:path';
import type { ConfigHash, ContentHash, FingerprintHash } from '../hash.ts';

export type Layout = ReturnType<typeof layoutOf>;

/** @param runs absolute path of the `runs/` folder. */
export function layoutOf(runs: string) {
  const stages = join(runs, 'stages');
  return {
    runs,
    /** Published results: one immutable folder a fingerprint, which any number of runs point at. */
    stages,
    stage: (fingerprint: FingerprintHash) => publishedStage(join(stages, fingerprint)),
    /** Where attempts write, on the same file system as {@link stages} so that one rename publishes. */
    scratchRoot: join(stages, '.tmp'),
    scratch: (nonce: string) => scratch(join(stages, '.tmp', nonce)),
    /** Locks of results whose outputs were collected: what they were is still known, and compared with. */
    collectedRoot: join(runs, 'collected'),
    collected: (fingerprint: FingerprintHash) => join(runs, 'collected', `${fingerprint}.json`),
    objects: join(runs, 'objects'),
    object: (hash: ContentHash) => join(runs, 'objects', hash.slice(0, 2), hash.slice(2)),
    /** The highest number of an attempt that was removed of a run. */
    removed: (configHash: ConfigHash) => join(runs, 'removed', `${configHash}.json`),
    run: (configHash: ConfigHash) => runFolder(join(runs, configHash)),
    submissionsRoot: join(runs, 'submissions'),
    /** A name for each whose attempt is not sealed yet. */
    submissionsOpen: join(runs, 'submissions', 'open'),
    /** What was handed to a queue of an attempt. */
    submission: ({ configHash, attempt }: { readonly configHash: ConfigHash; readonly attempt: number }) =>
      submissionFolder(join(runs, 'submissions'), `${configHash}@${attempt}`),
    study: (name: string) => studyFolder(join(runs, 'studies', name)),
    checkpoint: (fingerprint: FingerprintHash) => join(runs, 'checkpoints', fingerprint),
    claims: (key: string) => join(runs, 'claims', key),
    journals: join(runs, 'journal'),
    memo: join(runs, 'memo'),
    /** A store of its own for one reproduction, where nothing is known yet; kept only when it came out different. */
    reproduction: (name: string) => join(runs, 'reproductions', name),
    quarantine: join(runs, 'quarantine'),
    trash: join(runs, 'trash'),
    /** One file for each process that reads or makes results just now: gc leaves it what it uses. */
    inUse: join(runs, 'in-use'),
    slotsRoot: join(runs, 'slots'),
    /** Who has and who waits for something of a machine: one file each. */
    slotQueue: (machine: string, what: string) => join(runs, 'slots', machine, what),
    /** Claims on what only one stage may have at a time, on whichever machine; numbered as those of a stage. */
    mutex: (name: string) => join(runs, 'slots', 'mutexes', name),
    index: join(runs, 'index.sqlite'),
    latest: join(runs, 'latest'),
  };
}

/** @param folder where a published result is, or was moved to */
export function publishedStage(folder: string) {
  return {
    folder,
    outs: join(folder, 'outs'),
    /** Sizes, hashes, metrics, the key in full and how it was made. Its presence makes the folder a result. */
    lock: join(folder, 'lock.json'),
    /** There when all of it has reached the disk: without it, a result is read anew after the machine was restarted. */
    durable: join(folder, 'durable'),
    /** Its time says when a run last used the result. */
    used: join(folder, 'used'),
    log: join(folder, 'log.txt'),
    series: join(folder, 'series.jsonl'),
  };
}

function scratch(folder: string) {
  return {
    ...publishedStage(folder),
    /** What the stage is told through RETRIAL_STAGE; removed before publication. */
    description: join(folder, 'stage.json'),
  };
}

function runFolder(folder: string) {
  return {
    folder,
    config: join(folder, 'config.yaml'),
    pipeline: join(folder, 'pipeline.yaml'),
    attempts: join(folder, 'attempts'),
    attempt: (n: number) => {
      const attempt = join(folder, 'attempts', String(n));
      return {
        folder: attempt,
        lock: join(attempt, 'lock.json'),
        environment: join(attempt, 'environment.json'),
        /** What a reproduction rebuilds: code, small dependencies, lock files and the uncommitted diff, as objects. */
        inputs: join(attempt, 'inputs.json'),
        log: (stage: string) => join(attempt, `${stage}.log`),
        series: (stage: string) => join(attempt, `${stage}.metrics.jsonl`),
      };
    },
    /** A convenience: the attempt's lock is the truth. */
    pointer: (stage: string) => join(folder, stage),
  };
}

function submissionFolder(root: string, name: string) {
  const folder = join(root, name);
  const words = join(folder, 'words');
  return {
    folder,
    /** Which jobs, for which stages; written before the first is asked for. */
    plan: join(folder, 'submission.json'),
    /** Under which id the queue took a unit of it. */
    job: (unit: string) => join(folder, 'jobs', `${unit}.json`),
    /** What a unit's batch script said beside its stages, and the script. */
    output: (unit: string) => join(folder, 'jobs', `${unit}.out`),
    script: (unit: string) => join(folder, 'jobs', `${unit}.sh`),
    words,
    /** What the job of a stage said of it, line by line; what it says when it was put back is in files beside it. */
    word: (stage: string, again?: string) => join(words, `${stage}${again === undefined ? '' : `~${again}`}.jsonl`),
    /** How jobs ended, as whoever looked saw it (`JOB.RESTARTS.json`), and the codes of their batch scripts (`JOB.RESTARTS`). */
    ended: join(folder, 'ended'),
    open: join(root, 'open', name),
    /** Its time says when the queue was last seen to have jobs of it. */
    seen: join(folder, 'seen'),
  };
}

function studyFolder(folder: string) {
  return {
    folder,
    spec: join(folder, 'study.yaml'),
    trials: join(folder, 'trials'),
    /** Claims of one trial, numbered as those of a stage; a thousand trials lie in a folder. */
    trial: (n: number) => join(folder, 'trials', String(Math.floor(n / 1000)).padStart(3, '0'), trialName(n)),
    /** The same in a study of 0.1.0, where all lie in one folder. */
    flatTrial: (n: number) => join(folder, 'trials', trialName(n)),
    journals: join(folder, 'journal'),
    /** What journals said, gathered for readers of very many; it can be deleted at any time. */
    news: newsFolder(join(folder, 'news')),
    /** What was submitted to Slurm of it: records, scripts, what its jobs printed. */
    slurm: slurmFolder(join(folder, 'slurm')),
  };
}

function slurmFolder(folder: string) {
  return {
    folder,
    script: (submission: number) => join(folder, `submission-${submission}.sh`),
    logs: join(folder, 'logs'),
    /** What a worker printed, by the id of its job. */
    log: (job: string) => join(folder, 'logs', `${job}.log`),
    /** A file `JOB.RESTARTS` of each job that ended, with the exit code of its command. */
    ended: join(folder, 'ended'),
  };
}

function newsFolder(folder: string) {
  return {
    folder,
    item: (n: number) => join(folder, `${String(n).padStart(9, '0')}.json`),
    /** There when a phase was begun: who works on the one before sees it in the listing. */
    phase: (n: number) => join(folder, `phase-${n}`),
    /** The claim of who gathers just now. */
    gathering: join(folder, 'gathering'),
  };
}

function trialName(n: number): string {
  return String(n).padStart(6, '0');
}
