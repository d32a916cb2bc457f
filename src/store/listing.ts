/** What lies in a store, by name: folders that other processes add to and take from meanwhile. */
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ContentHash, FingerprintHash } from '../hash.ts';
import { isErrno, unlessStale } from './files.ts';
import type { Layout } from './layout.ts';

/** Names in a folder; none where it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  return await unlessStale(() => readdir(folder)).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  });
}

const isHash = (name: string) => /^[0-9a-f]{64}$/.test(name);

export async function publishedFingerprints(layout: Layout): Promise<FingerprintHash[]> {
  return (await namesIn(layout.stages)).filter(isHash) as FingerprintHash[];
}

export async function objectHashes(layout: Layout): Promise<ContentHash[]> {
  const hashes: string[] = [];
  for (const first of await namesIn(layout.objects))
    for (const rest of await namesIn(join(layout.objects, first))) hashes.push(first + rest);
  return hashes.filter(isHash) as ContentHash[]; // those being written have other names
}

/** A path as people and programs are told it: below `runs/`, with forward slashes. */
export function below(layout: Layout, path: string): string {
  return relative(layout.runs, path).split(sep).join('/');
}
