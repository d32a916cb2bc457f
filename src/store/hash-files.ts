/**
 * Content hashes of many files in one read pass: a few small ones at once, as a thread takes longer to start than they
 * to hash; many or large ones in threads, which leaves the engine free to look after running stages.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type ContentHash, sha256 } from '../hash.ts';
import { ownFolder, runsFromSource } from '../own-package.ts';
import { unlessStale } from './files.ts';

export interface SizedFile {
  readonly path: string;
  /** Bytes; how the work is shared out, and nothing else, depends on it. */
  readonly size: number;
}

const fewFiles = 500;
const fewBytes = 8 << 20;
const batchFiles = 256;
const batchBytes = 32 << 20;

/** In the order of the files. Rejects with the error of a file that cannot be read. */
export async function hashFiles(files: readonly SizedFile[]): Promise<ContentHash[]> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (files.length <= fewFiles && bytes <= fewBytes)
    return await unlessStale(() => files.map(({ path }) => sha256(readFileSync(path))));
  return (await Promise.all(batchesOf(files).map(inThread))).flat();
}

function batchesOf(files: readonly SizedFile[]): string[][] {
  const batches: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const { path, size } of files) {
    const last = batches.at(-1);
    if (last === undefined || last.length >= batchFiles || bytes + size > batchBytes) {
      batches.push([path]);
      bytes = size;
    } else {
      last.push(path);
      bytes += size;
    }
  }
  return batches;
}

interface Batch {
  readonly paths: readonly string[];
  readonly resolve: (hashes: ContentHash[]) => void;
  readonly reject: (error: unknown) => void;
}
type Reply = { readonly hashes: ContentHash[] } | { readonly error: Partial<NodeJS.ErrnoException> };

const waiting: Batch[] = [];
const idle: Worker[] = [];
let threads = 0;

function inThread(paths: readonly string[]): Promise<ContentHash[]> {
  return new Promise((resolve, reject) => {
    waiting.push({ paths, resolve, reject });
    const worker = idle.pop() ?? (threads < availableParallelism() ? newThread() : undefined);
    if (worker !== undefined) next(worker);
  });
}

function newThread(): Worker {
  threads += 1;
  const folder = runsFromSource() ? 'src' : 'dist';
  return new Worker(join(ownFolder(), folder, 'store', 'hash-worker.js'));
}

/** Gives a free thread the next batch; an idle one keeps no process alive. */
function next(worker: Worker): void {
  const batch = waiting.shift();
  if (batch === undefined) {
    worker.unref();
    idle.push(worker);
    return;
  }
  worker.ref();
  const settle = (end: () => void) => {
    worker.off('message', onMessage).off('error', onError);
    end();
  };
  const onMessage = (reply: Reply) =>
    settle(() => {
      if ('hashes' in reply) batch.resolve(reply.hashes);
      else batch.reject(Object.assign(new Error(reply.error.message), reply.error));
      next(worker);
    });
  const onError = (error: unknown) =>
    settle(() => {
      threads -= 1;
      batch.reject(error);
      if (waiting.length > 0) next(newThread()); // of other callers: nobody else would take them
    });
  worker.on('message', onMessage).on('error', onError);
  worker.postMessage(batch.paths);
}
