/** TensorFlow.js on the fastest backend this machine has: native, else WebAssembly; never plain JavaScript unasked. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { DataError } from './data-error.ts';

export interface OpenTensorFlow {
  readonly tf: typeof tf;
  readonly backend: 'tensorflow' | 'wasm';
}

/** From native/, where the set-up puts what the package manager left out, and from where any import would start. */
const nativeRequire = createRequire(new URL('../native/package.json', import.meta.url));

/**
 * Makes the backend ready.
 * @param options.threads how many threads an operation may use; part of the result, as it orders the sums
 * @throws DataError where RETRIAL_TENSORFLOW=native asks for what is not there
 */
export async function openTensorFlow(options: { readonly threads: number }): Promise<OpenTensorFlow> {
  const forced = process.env.RETRIAL_TENSORFLOW;
  if (forced !== undefined && !['native', 'wasm'].includes(forced))
    throw new DataError(`RETRIAL_TENSORFLOW must be native or wasm, not "${forced}"`);
  if (forced !== 'wasm' && openNative(options.threads)) {
    await ready('tensorflow');
    return { tf, backend: 'tensorflow' };
  }
  if (forced === 'native')
    throw new DataError(
      'RETRIAL_TENSORFLOW=native, but native TensorFlow does not load here; `npx retrial doctor` says why',
    );
  await openWasm();
  return { tf, backend: 'wasm' };
}

/** Reads of the environment happen when the library loads: everything is set before. */
function openNative(threads: number): boolean {
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.TF_NUM_INTEROP_THREADS = String(threads);
  process.env.OMP_NUM_THREADS = String(threads);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    withoutChatter(() => {
      nativeRequire('@tensorflow/tfjs-node');
      tf.tidy(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])).dataSync());
    });
    return tf.findBackend('tensorflow') !== null;
  } catch {
    return false;
  }
}

async function openWasm(): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(nativeRequire.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await ready('wasm');
}

async function ready(backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend of TensorFlow.js does not start`);
  await tf.ready();
}

/**
 * TensorFlow writes lines about its build to file descriptor 2 when it loads, which no setting of it stops. Meanwhile
 * the descriptor leads nowhere; what cannot be opened again (a socket) is left as it is.
 */
function withoutChatter(load: () => void): void {
  const stderr = join('/proc/self/fd', '2');
  const saved = existsSync(stderr) ? reopened(stderr) : undefined;
  if (saved === undefined) {
    load();
    return;
  }
  closeSync(2);
  openSync('/dev/null', 'w'); // the lowest free descriptor: 2
  try {
    load();
  } finally {
    closeSync(2);
    openSync(`/proc/self/fd/${saved}`, 'a');
    closeSync(saved);
  }
}

function reopened(path: string): number | undefined {
  try {
    return openSync(path, 'a');
  } catch {
    return undefined;
  }
}
