/** Content hashes and canonical JSON, in one place so that every hash in the store means the same. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import canonicalizeModule from 'canonicalize';

const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

declare const brand: unique symbol;
/** SHA-256 of bytes, 64 hex digits. */
export type ContentHash = string & { readonly [brand]: 'ContentHash' };
/** SHA-256 of a stage's {@link Fingerprint}, 64 hex digits: the key of the stage cache. */
export type FingerprintHash = string & { readonly [brand]: 'FingerprintHash' };
/** SHA-256 that names an experiment, 64 hex digits; shown as the first 12. */
export type ConfigHash = string & { readonly [brand]: 'ConfigHash' };

/** RFC 8785 JSON of a value: one text for equal values, whatever the order of keys. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('not a JSON value');
  return text;
}

export function sha256(data: string | Uint8Array): ContentHash {
  return createHash('sha256').update(data).digest('hex') as ContentHash;
}

/** Hash of a JSON value by its canonical text. */
export function hashJson(value: unknown): ContentHash {
  return sha256(canonicalJson(value));
}

const wholeUpToBytes = 1 << 20;

/** Hash of a file in one pass; memory stays flat whatever its size. A small file costs half as much read whole. */
export async function hashFile(path: string): Promise<ContentHash> {
  if ((await stat(path)).size <= wholeUpToBytes) return sha256(await readFile(path));
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: wholeUpToBytes })) hash.update(chunk as Uint8Array);
  return hash.digest('hex') as ContentHash;
}

/** The 12 hex digits a person sees. */
export function short(hash: string): string {
  return hash.slice(0, 12);
}
