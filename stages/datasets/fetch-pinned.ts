/**
 * Bytes over HTTP whose SHA-256 is known beforehand: bounded in size and time, tried again where that may help, and
 * continued from where a transfer broke off, also one of a process that was killed.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPartial, type PartialFile } from './partial-file.ts';

export interface Pin {
  readonly sha256: string;
  /** Size in bytes; more is refused while it comes in, less is a transfer cut short. */
  readonly bytes: number;
}

export interface FetchLimits {
  /** That bring next to nothing; one that brings a tenth of the file more than was there begins the count anew. */
  readonly attempts: number;
  /** Of one attempt, from the request to the last byte. */
  readonly timeoutMs: number;
  /** Before the second attempt; doubled before each further one. */
  readonly backoffMs: number;
}

export const defaultLimits: FetchLimits = { attempts: 3, timeoutMs: 120_000, backoffMs: 500 };

/** The file could not be had from this address; `retry` says whether asking again may help. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly retry: boolean;

  constructor(message: string, retry: boolean, options?: ErrorOptions) {
    super(message, options);
    this.retry = retry;
  }
}

export interface FetchOptions {
  readonly limits: FetchLimits;
  readonly signal: AbortSignal;
  readonly progress: (doneBytes: number, totalBytes: number) => void;
  /** Where a part of the file is kept until all of it is there; not kept where absent or empty. */
  readonly partialFolder?: string;
}

/** Fetches and checks; throws {@link FetchError} when the last attempt failed, or the abort reason of the signal. */
export async function fetchPinned(address: string, pin: Pin, options: FetchOptions): Promise<Uint8Array> {
  const partial = openPartial(pin, options.partialFolder ?? '');
  let keep = true;
  try {
    await fetchRest({ address, pin, partial, options });
    keep = false;
    return partial.content();
  } finally {
    partial.close({ keep: keep && partial.content().length > 0 });
  }
}

interface Transfer {
  readonly address: string;
  readonly pin: Pin;
  readonly partial: PartialFile;
  readonly options: FetchOptions;
  /** What the server calls this version of the file, as it said it last. */
  version?: string;
}

/** Attempts until the partial file is whole and the pinned one. */
async function fetchRest(transfer: Transfer): Promise<void> {
  const { pin, partial, options } = transfer;
  let most = partial.content().length;
  for (let failures = 0; ; ) {
    try {
      return await fetchOnce(transfer);
    } catch (error) {
      options.signal.throwIfAborted();
      const failure = error instanceof FetchError ? error : new FetchError(reasonOf(error), true, { cause: error });
      const length = partial.content().length;
      failures = length >= most + pin.bytes / 10 ? 1 : failures + 1;
      most = Math.max(most, length);
      if (!failure.retry || failures >= options.limits.attempts) throw failure;
      await sleep(options.limits.backoffMs * 2 ** (failures - 1), undefined, { signal: options.signal });
    }
  }
}

/** Throws FetchError unless `bytes` are the pinned ones. */
export function checkPin(bytes: Uint8Array, pin: Pin): void {
  if (bytes.length < pin.bytes) throw new FetchError(`cut short: ${bytes.length} of ${pin.bytes} bytes`, true);
  if (bytes.length > pin.bytes) throw new FetchError(`more than the expected ${pin.bytes} bytes`, false);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== pin.sha256) throw new FetchError(`SHA-256 is ${found}, expected ${pin.sha256}`, false);
}

async function fetchOnce(transfer: Transfer): Promise<void> {
  const { pin, partial, options } = transfer;
  if (partial.content().length < pin.bytes) {
    const response = await request(transfer);
    const isRest = await startOf(response, transfer);
    transfer.version = versionOf(response);
    for await (const chunk of response.body ?? []) {
      if (partial.content().length + chunk.length > pin.bytes)
        throw refused(transfer, `more than the expected ${pin.bytes} bytes`, isRest);
      partial.append(chunk);
      options.progress(partial.content().length, pin.bytes);
    }
    check(transfer, isRest);
  } else check(transfer, true);
}

/** What was put together from several transfers is fetched whole before it is given up; of less than all, the rest is. */
function check(transfer: Transfer, isPieced: boolean): void {
  const { partial, pin } = transfer;
  try {
    checkPin(partial.content(), pin);
  } catch (error) {
    if (partial.content().length < pin.bytes) throw error;
    throw refused(transfer, (error as Error).message, isPieced);
  }
}

/** What is there is of no use: it is dropped. */
function refused({ partial }: Transfer, message: string, retry: boolean): FetchError {
  partial.clear();
  return new FetchError(message, retry);
}

async function request({ address, partial, options, version }: Transfer): Promise<Response> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.limits.timeoutMs)]);
  const from = partial.content().length;
  // A range of a compressed answer is a range of other bytes.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) headers.range = `bytes=${from}-`;
  if (from > 0 && version !== undefined) headers['if-range'] = version;
  return await follow(new URL(address), headers, signal);
}

/**
 * Makes the partial file what the answer continues: what it is where the server sends the rest, else nothing.
 * Throws FetchError where it sends neither. @returns whether it sends the rest.
 */
async function startOf(response: Response, transfer: Transfer): Promise<boolean> {
  const { partial, pin } = transfer;
  const { status, headers } = response;
  const from = partial.content().length;
  if (response.ok && status !== 206) {
    partial.clear();
    return false;
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  const isPlain = ['', 'identity'].includes(headers.get('content-encoding') ?? '');
  const isWhole = range?.[2] === '*' || Number(range?.[2]) === pin.bytes;
  if (status === 206 && from > 0 && Number(range?.[1]) === from && isWhole && isPlain) return true;
  await response.body?.cancel();
  if (status === 206 || status === 416)
    throw refused(transfer, 'the server sends another part than the rest', from > 0);
  throw new FetchError(`HTTP status ${status}`, status >= 500 || status === 408 || status === 429);
}

/** For If-Range: an entity tag that means the same bytes, or the time of the last change. */
function versionOf({ headers }: Response): string | undefined {
  const tag = headers.get('etag');
  return (tag?.startsWith('"') ? tag : headers.get('last-modified')) ?? undefined;
}

/** Follows up to five redirects, each to HTTPS or to this machine itself. */
async function follow(start: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  let address = start;
  for (let redirects = 0; redirects <= 5; redirects++) {
    const response = await fetch(address, { redirect: 'manual', headers, signal });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    address = new URL(location, address);
    if (address.protocol !== 'https:' && address.hostname !== '127.0.0.1')
      throw new FetchError(`redirected to ${address.href}, which is not HTTPS`, false);
  }
  throw new FetchError('redirected more than five times', false);
}

/** `fetch failed` says nothing: the cause does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'took too long';
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
}
