/**
 * Counts what this process asks of a folder's file system. On one disk of its own an operation takes microseconds; on a
 * file system that many machines share each is a question to a server, of about a millisecond.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

export interface FileOperations {
  /** By name: `open`, `stat`, `read`, `readdir`, … */
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
  readonly bytesRead: number;
}

/** Those that take a path first; what `readFile` and `writeFile` come to. */
const parts: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['open', 'stat', 'lstat', 'readdir', 'mkdir', 'rename', 'link', 'unlink', 'rmdir', 'access', 'utimes'].map(
      (name) => [name, [name]],
    ),
  ),
  ...{ exists: ['stat'], rm: ['unlink'], opendir: ['readdir'] },
  ...{ readFile: ['open', 'stat', 'read', 'close'], writeFile: ['open', 'write', 'close'] },
};

type Call = (...args: unknown[]) => unknown;

let watched: string | undefined;
let counts = new Map<string, number>();
let bytesRead = 0;
let isPatched = false;

/** What `work` asks below `folder`. One at a time. */
export async function countOperations<T>(
  folder: string,
  work: () => Promise<T>,
): Promise<FileOperations & { readonly result: T }> {
  if (!isPatched) await patch();
  watched = folder;
  [counts, bytesRead] = [new Map(), 0];
  try {
    const result = await work();
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return { result, counts, total, bytesRead };
  } finally {
    watched = undefined;
  }
}

function note(names: readonly string[]): void {
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
}

function isBelow(path: unknown): boolean {
  return watched !== undefined && typeof path === 'string' && path.startsWith(watched);
}

/** Every module sees the functions that count: imports of built-in modules are bound to what they export now. */
async function patch(): Promise<void> {
  isPatched = true;
  const sync = fs as unknown as Record<string, Call>;
  const promises = fs.promises as unknown as Record<string, Call>;
  for (const [name, asked] of Object.entries(parts)) {
    counting(sync, `${name}Sync`, asked, name === 'readFile');
    counting(promises, name, name === 'open' ? ['open', 'close'] : asked, name === 'readFile');
  }
  await patchHandles();
  patchDescriptors(sync);
  syncBuiltinESMExports();
}

function counting(module: Record<string, Call>, name: string, asked: readonly string[], reads: boolean): void {
  const original = module[name];
  if (original === undefined) return;
  module[name] = (...args) => {
    const counted = isBelow(args[0]);
    if (counted) note(asked);
    const result = original(...args);
    if (counted && reads && !(result instanceof Promise)) bytesRead += (result as string | Buffer).length;
    return result;
  };
}

/** Descriptors that were opened below the folder: of those to write, appends alone are asked of a server. */
function patchDescriptors(sync: Record<string, Call>): void {
  const [open, write, fsync] = [sync.openSync as Call, sync.writeSync as Call, sync.fsyncSync as Call];
  const ours = new Set<unknown>();
  sync.openSync = (...args) => {
    const fd = open(...args);
    if (isBelow(args[0])) ours.add(fd);
    return fd;
  };
  for (const [name, original, as] of [
    ['writeSync', write, 'write'],
    ['fsyncSync', fsync, 'sync'],
  ] as const)
    sync[name] = (...args) => {
      if (watched !== undefined && ours.has(args[0])) note([as]);
      return original(...args);
    };
}

async function patchHandles(): Promise<void> {
  const handle = await fs.promises.open(join(import.meta.dirname, 'file-operations.ts'));
  const prototype = Object.getPrototypeOf(handle) as Record<string, Call>;
  await handle.close();
  for (const name of ['stat', 'read', 'writeFile', 'sync'] as const) {
    const original = prototype[name] as Call;
    prototype[name] = async function (this: unknown, ...args) {
      if (watched !== undefined) note([name === 'writeFile' ? 'write' : name]);
      const result = await (original as (this: unknown, ...args: unknown[]) => unknown).apply(this, args);
      if (watched !== undefined && name === 'read') bytesRead += (result as { bytesRead: number }).bytesRead;
      return result;
    };
  }
}
