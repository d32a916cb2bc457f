/**
 * Which TensorFlow a stage would compute with, read from files alone: loading it takes half a second. In the key of
 * stages that import it, as another build or backend gives other last digits.
 */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { ownFolder } from '../own-package.ts';

export interface TensorflowRuntime {
  readonly [field: string]: string | number | boolean;
  readonly backend: 'tensorflow' | 'wasm' | 'none';
  /** Version of TensorFlow.js. */
  readonly tfjs: string;
  /** Version of libtensorflow, or of the WebAssembly kernels. */
  readonly library: string;
  /** Its kernels sum in another order than Eigen's. */
  readonly oneDNN: boolean;
  readonly threads: number;
}

/**
 * @param root the pipeline's folder, where the imports of its stages start from
 * @param cpus the stage's
 */
export function tensorflowRuntime(root: string, cpus: number): TensorflowRuntime {
  const native = nativeLibrary(root);
  const chosen = process.env.RETRIAL_TENSORFLOW || (native === undefined ? 'wasm' : 'native');
  if (chosen === 'native' && native !== undefined)
    return { backend: 'tensorflow', ...native, oneDNN: usesOneDnn(), threads: cpus };
  const wasm = chosen === 'wasm' ? versionOf('@tensorflow/tfjs-backend-wasm', root) : undefined;
  if (wasm !== undefined) return { backend: 'wasm', tfjs: wasm, library: wasm, oneDNN: false, threads: 1 };
  return { backend: 'none', tfjs: '', library: '', oneDNN: false, threads: cpus };
}

/** The files and folders that {@link tensorflowRuntime} goes by; some may not be there. */
export function tensorflowFiles(root: string): string[] {
  const installed = [join(root, 'native'), root, join(ownFolder(), 'native')].map((at) => join(at, 'node_modules'));
  const scopes = installed.map((folder) => join(folder, '@tensorflow'));
  const native = packageFolder('@tensorflow/tfjs-node', root);
  const wasm = packageFolder('@tensorflow/tfjs-backend-wasm', root);
  const manifests = [native, wasm].flatMap((folder) => (folder === undefined ? [] : [join(folder, 'package.json')]));
  const lib = native === undefined ? [] : [join(native, 'lib'), join(native, 'deps', 'lib')];
  const inside = lib.flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [],
  );
  return [...installed, ...scopes, ...manifests, ...lib, ...inside];
}

/** On x64 it is on unless turned off, in the words TensorFlow reads. */
function usesOneDnn(): boolean {
  return process.arch === 'x64' && !['0', 'false'].includes((process.env.TF_ENABLE_ONEDNN_OPTS ?? '').toLowerCase());
}

/** There when its binding and the library it is linked against are: what a stage that opens TensorFlow goes by, too. */
function nativeLibrary(root: string): { tfjs: string; library: string } | undefined {
  const folder = packageFolder('@tensorflow/tfjs-node', root);
  if (folder === undefined || !hasBinding(folder)) return undefined;
  const library = ['libtensorflow.so.2', 'libtensorflow.2.dylib', 'tensorflow.dll']
    .map((name) => join(folder, 'deps', 'lib', name))
    .find((path) => existsSync(path));
  if (library === undefined) return undefined;
  return { tfjs: manifest(folder).version, library: libraryVersion(realpathSync(library)) };
}

/** From the name of the file, or of the cache folder the set-up links to. */
function libraryVersion(path: string): string {
  const number = /(\d+\.\d+\.\d+)/;
  const cached = basename(dirname(dirname(path))).match(/^tensorflow-(\d+\.\d+\.\d+)-/);
  return (basename(path).match(number) ?? cached)?.[1] ?? 'unknown';
}

function hasBinding(folder: string): boolean {
  const lib = join(folder, 'lib');
  const versions = existsSync(lib) ? readdirSync(lib) : [];
  return versions.some((name) => existsSync(join(lib, name, 'tfjs_binding.node')));
}

function versionOf(name: string, root: string): string | undefined {
  const folder = packageFolder(name, root);
  return folder === undefined ? undefined : manifest(folder).version;
}

/** Of the project's own installation first, then of Retrial's; native/ is where the set-up puts what npm dropped. */
function packageFolder(name: string, root: string): string | undefined {
  for (const from of [join(root, 'native'), root, join(ownFolder(), 'native')]) {
    try {
      return dirname(createRequire(join(from, 'package.json')).resolve(`${name}/package.json`));
    } catch {
      // not from here
    }
  }
  return undefined;
}

function manifest(folder: string): { version: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
}
