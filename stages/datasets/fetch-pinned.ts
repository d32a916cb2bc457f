/** Bytes over HTTP whose SHA-256 is known beforehand: bounded in size and time, tried again where that may help. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Pin {
  readonly sha256: string;
  /** Size in bytes; more is refused while it comes in, less is a transfer cut short. */
  readonly bytes: number;
}

export interface FetchLimits {
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
}

/** Fetches and checks; throws {@link FetchError} when the last attempt failed, or the abort reason of the signal. */
export async function fetchPinned(address: string, pin: Pin, options: FetchOptions): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchOnce(address, pin, options);
    } catch (error) {
      options.signal.throwIfAborted();
      const failure = error instanceof FetchError ? error : new FetchError(reasonOf(error), true, { cause: error });
      if (!failure.retry || attempt >= options.limits.attempts) throw failure;
      await sleep(options.limits.backoffMs * 2 ** (attempt - 1), undefined, { signal: options.signal });
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

async function fetchOnce(address: string, pin: Pin, { limits, signal, progress }: FetchOptions): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const response = await follow(new URL(address), AbortSignal.any([signal, timeout]));
  if (!response.ok) {
    await response.body?.cancel();
    const retry = response.status >= 500 || response.status === 408 || response.status === 429;
    throw new FetchError(`HTTP status ${response.status}`, retry);
  }
  const chunks: Uint8Array[] = [];
  let done = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    done += chunk.length;
    if (done > pin.bytes) throw new FetchError(`more than the expected ${pin.bytes} bytes`, false);
    progress(done, pin.bytes);
  }
  const bytes = Buffer.concat(chunks);
  checkPin(bytes, pin);
  return bytes;
}

/** Follows up to five redirects, each to HTTPS or to this machine itself. */
async function follow(start: URL, signal: AbortSignal): Promise<Response> {
  let address = start;
  for (let redirects = 0; redirects <= 5; redirects++) {
    const response = await fetch(address, { redirect: 'manual', signal });
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
