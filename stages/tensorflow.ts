/** TensorFlow.js on the fastest backend this machine has: native, else WebAssembly; never plain JavaScript unasked. */
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { DataError } from './data-error.ts';

export interface OpenTensorFlow {
  readonly tf: typeof tf;
  readonly backend: 'tensorflow' | 'wasm';
}

/** From native/, where the set-up installs packages with compiled parts, and then from where any import would start. */
const nativeRequire = createRequire(new URL('../native/package.json', import.meta.url));

/**
 * Makes the backend ready, gradients of any order included. RETRIAL_TENSORFLOW=native|wasm chooses one; else it is
 * native where its files are there. That it is files that decide is what lets the engine have the choice in a stage's
 * key without loading anything: a library that is there and does not load is an error, not a reason for the other.
 * @param options.threads how many threads an operation may use (native only)
 * @throws DataError where the backend that was chosen cannot be had
 */
export async function openTensorFlow(options: { readonly threads: number }): Promise<OpenTensorFlow> {
  const chosen = process.env.RETRIAL_TENSORFLOW || (nativeInstalled() ? 'native' : 'wasm');
  switch (chosen) {
    case 'native':
      openNative(options.threads);
      await ready('tensorflow');
      return { tf, backend: 'tensorflow' };
    case 'wasm':
      await openWasm();
      return { tf, backend: 'wasm' };
    default:
      throw new DataError(`RETRIAL_TENSORFLOW must be native or wasm, not "${chosen}"`);
  }
}

function nativeInstalled(): boolean {
  const folder = packageFolder('@tensorflow/tfjs-node');
  if (folder === undefined) return false;
  const bindings = join(folder, 'lib');
  const built = existsSync(bindings) ? readdirSync(bindings) : [];
  return (
    built.some((name) => existsSync(join(bindings, name, 'tfjs_binding.node'))) &&
    ['libtensorflow.so.2', 'libtensorflow.2.dylib', 'tensorflow.dll'].some((name) =>
      existsSync(join(folder, 'deps', 'lib', name)),
    )
  );
}

function packageFolder(name: string): string | undefined {
  try {
    return dirname(nativeRequire.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** The library reads its environment when it loads, the number of threads when it first computes. */
function openNative(threads: number): void {
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.TF_NUM_INTEROP_THREADS = String(threads);
  process.env.OMP_NUM_THREADS = String(threads);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    withoutChatter(() => {
      nativeRequire('@tensorflow/tfjs-node');
      tf.tidy(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])).dataSync());
    });
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    throw new DataError(
      `native TensorFlow does not load here (${reason}); \`npx retrial doctor --fix\` completes it, and RETRIAL_TENSORFLOW=wasm does without`,
    );
  }
}

async function openWasm(): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  requireGradients();
  setWasmPaths(`${dirname(nativeRequire.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  const before = exitListeners();
  await ready('wasm');
  // Emscripten's own rethrow what was uncaught, with its 39 KB source line before it.
  for (const [event, listener] of exitListeners())
    if (!before.some(([, known]) => known === listener)) process.off(event, listener);
}

/** tfjs-core registers no gradients by itself, tfjs-node does; their one build for Node is in the whole TensorFlow.js. */
function requireGradients(): void {
  const flags = tf.env();
  const production = flags.getBool('PROD');
  flags.set('PROD', true); // or it warns that another copy of tfjs-core, with which it shares its state, was here first
  try {
    nativeRequire('@tensorflow/tfjs');
  } catch {
    throw new DataError('TensorFlow.js is not completely installed; `npx retrial doctor --fix` does it');
  } finally {
    flags.set('PROD', production);
  }
}

function exitListeners() {
  return (['uncaughtException', 'unhandledRejection'] as const).flatMap((event) =>
    process.listeners(event as 'uncaughtException').map((listener) => [event as string, listener] as const),
  );
}

async function ready(backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend of TensorFlow.js does not start`);
  await tf.ready();
}

/**
 * TensorFlow writes that oneDNN is on to file descriptor 2 when it loads, which no setting of it stops but turning
 * oneDNN off. Meanwhile the descriptor leads nowhere; what cannot be opened again (a socket) is left as it is.
 */
function withoutChatter(load: () => void): void {
  const saved = reopened(2);
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

/** @returns another descriptor of the same open file, undefined where it cannot be had */
function reopened(descriptor: number): number | undefined {
  const path = `/proc/self/fd/${descriptor}`;
  try {
    // With 0 or 1 closed, the lowest free descriptor would be one of those.
    return [0, 1].every((other) => existsSync(`/proc/self/fd/${other}`)) ? openSync(path, 'a') : undefined;
  } catch {
    return undefined;
  }
}
