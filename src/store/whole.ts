/** Whether all that is kept of a result is what its lock says. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ContentHash, canonicalJson, hashFile } from '../hash.ts';
import { isErrno } from './files.ts';
import { publishedStage } from './layout.ts';
import { MetricsError, readMetricsFile } from './metrics-file.ts';
import type { StageLock } from './published.ts';
import { holdsWhenRead } from './tree.ts';

/** Reads every byte of a result, wherever its folder is. @returns what is not as it was recorded, by name */
export async function damagedParts(folder: string, lock: StageLock): Promise<string[]> {
  const damaged: string[] = [];
  for (const [name, output] of Object.entries(lock.outputs))
    if (!(await holdsWhenRead(join(publishedStage(folder).outs, output.path), output))) damaged.push(name);
  for (const [name, hash] of Object.entries(lock.records ?? {}))
    if (!(await hasHash(join(folder, name), hash))) damaged.push(name);
  if (damaged.length === 0 && !(await metricsHold(folder, lock))) damaged.push('lock.json');
  return damaged;
}

export async function isWhole(folder: string, lock: StageLock): Promise<boolean> {
  return (await damagedParts(folder, lock)).length === 0;
}

/** Whether a file is there, and of this content. */
export async function hasHash(path: string, hash: ContentHash): Promise<boolean> {
  try {
    return (await hashFile(path)) === hash;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return false;
    throw error;
  }
}

/** Metrics in a lock of 0.1.0, which nothing else vouches for, are those of the files they were read from. */
export async function metricsHold(folder: string, { seal, outputs, metrics }: StageLock): Promise<boolean> {
  if (seal !== undefined) return true;
  for (const [name, values] of Object.entries(metrics)) {
    const output = outputs[name];
    const file = output && join(publishedStage(folder).outs, output.path);
    if (file === undefined || !existsSync(file)) return false;
    try {
      if (canonicalJson(await readMetricsFile(file)) !== canonicalJson(values)) return false;
    } catch (error) {
      if (!(error instanceof MetricsError)) throw error; // 0.1.0 read some that are refused today
    }
  }
  return true;
}
