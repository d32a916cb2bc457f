import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { tensorflowRuntime } from '../../src/plan/tensorflow-runtime.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Installed {
  /** Path of the library, relative to the project. */
  readonly library: string;
  readonly binding?: boolean;
  /** Where the project has its packages. */
  readonly packages?: string;
}

/** A project with tfjs-node as the set-up leaves it: a binding, and a link to the library. */
function projectWith({ library, binding = true, packages = 'native/node_modules' }: Installed): string {
  const root = temporaryFolder();
  const write = (path: string, text = '') => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const folder = join(packages, '@tensorflow', 'tfjs-node');
  write(join(folder, 'package.json'), '{"version":"4.22.0"}');
  if (binding) write(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'));
  write(library);
  mkdirSync(join(root, folder, 'deps', 'lib'), { recursive: true });
  symlinkSync(join(root, library), join(root, folder, 'deps', 'lib', 'libtensorflow.so.2'));
  return root;
}

const wheel = 'cache/tensorflow-2.21.0-2b847d217b02/lib/libtensorflow_cc.so.2';

describe('native', () => {
  test.each([
    ['a wheel of the cache', { library: wheel }, '2.21.0'],
    ['its own download', { library: 'downloads/libtensorflow.so.2.9.1' }, '2.9.1'],
    ['a library of unknown origin', { library: 'opt/tensorflow-1.0.0/libtensorflow.so' }, 'unknown'],
    ["the project's own packages", { library: wheel, packages: 'node_modules' }, '2.21.0'],
  ])('%s', (_case, installed: Installed, library) => {
    const expected = { backend: 'tensorflow', tfjs: '4.22.0', library, oneDNN: process.arch === 'x64', threads: 2 };
    expect(tensorflowRuntime(projectWith(installed), 2)).toEqual(expected);
  });

  test('without oneDNN it sums in another order: in the words that TensorFlow reads', () => {
    const root = projectWith({ library: wheel });
    for (const off of ['0', 'false', 'FALSE']) {
      vi.stubEnv('TF_ENABLE_ONEDNN_OPTS', off);
      expect(tensorflowRuntime(root, 1).oneDNN).toBe(false);
    }
  });
});

describe('WebAssembly', () => {
  const wasm = { backend: 'wasm', tfjs: '4.22.0', library: '4.22.0', oneDNN: false, threads: 1 };

  test('where it was asked for', () => {
    vi.stubEnv('RETRIAL_TENSORFLOW', 'wasm');
    expect(tensorflowRuntime(projectWith({ library: wheel }), 4)).toEqual(wasm);
  });

  test('where the binding is missing', () => {
    expect(tensorflowRuntime(projectWith({ library: wheel, binding: false }), 4)).toEqual(wasm);
  });
});

test('none, where what was asked for is not there', () => {
  const root = projectWith({ library: wheel, binding: false });
  for (const chosen of ['native', 'gpu']) {
    vi.stubEnv('RETRIAL_TENSORFLOW', chosen);
    expect(tensorflowRuntime(root, 1).backend).toBe('none');
  }
});
