/** Native TensorFlow for tfjs-node: as it is where it loads, else built; never a reason for the set-up to fail. */
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { hasCompiled, keepCompiled, takeCompiled } from './compiled.js';
import { canCompile, installedFolder, nativeFolder, nativeRequire, nodedirOption, nodeHeaders } from './places.js';
import { lastLines, runQuietly } from './run-quietly.js';
import { say } from './say.js';
import { ensureTensorflowLibraries, tensorflowVersion } from './tensorflow-wheel.js';

/** It downloads 300 MB. */
const ownScriptTimeoutMs = 600_000;

/** @returns {boolean} whether native TensorFlow was not declined */
export function wantsNative() {
  return process.env.RETRIAL_TENSORFLOW !== 'wasm';
}

/** Loads it and computes something; TensorFlow's own messages do not matter here. */
const loadScript = (/** @type {string} */ folder) =>
  `const tf = require(${JSON.stringify(folder)}); if (tf.scalar(2).square().dataSync()[0] !== 4) process.exit(1)`;

/** @param {string} folder of tfjs-node */
async function loads(folder) {
  if (!existsSync(bindingFile(folder))) return false;
  return (await runQuietly(process.execPath, ['-e', loadScript(folder)])).ok;
}

/** @returns {Promise<boolean>} whether native TensorFlow can be used */
export async function ensureTensorflow() {
  const folder = installedFolder('@tensorflow/tfjs-node');
  if (folder === undefined) return false;
  if (await loads(folder)) return true;
  if (wantsNative() && ((wheelFits() && (await fromWheel(folder))) || (await ownScript(folder)))) return true;
  // Stages go by whether the files are there.
  for (const part of ['lib', 'deps']) rmSync(join(folder, part), { recursive: true, force: true });
  return false;
}

/** It is built for Linux on x64 with glibc 2.27 or later. */
function wheelFits() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  const [major = 0, minor = 0] = (report.header.glibcVersionRuntime ?? '0.0').split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 27);
}

/** @param {string} folder */
async function fromWheel(folder) {
  const file = bindingFile(folder);
  const key = `tfjs-node-${nativeRequire('@tensorflow/tfjs-node/package.json').version}-tensorflow-${tensorflowVersion}`;
  if (!canCompile() && !hasCompiled(key, file)) {
    say('TensorFlow cannot be linked: it needs a C++ compiler, make and python3');
    return false;
  }
  const libraries = await ensureTensorflowLibraries();
  if (libraries === undefined) return false;
  linkLibraries(folder, libraries);
  if (takeCompiled(key, file) && (await loads(folder))) return true;
  if (!(await compile(folder))) return false;
  keepCompiled(key, file);
  return true;
}

/** @param {string} folder */
async function compile(folder) {
  if (!canCompile()) return false;
  say('compiling the TensorFlow binding (15 seconds, once for this user)');
  const program = resolveFrom('@mapbox/node-pre-gyp/bin/node-pre-gyp', folder);
  const { ok, output } = await runQuietly(
    process.execPath,
    [program, 'install', '--build-from-source', ...nodedirOption()],
    { cwd: folder, env: { ...process.env, npm_config_node_gyp: nativeRequire.resolve('node-gyp/bin/node-gyp.js') } },
  );
  if (ok && (await loads(folder))) return true;
  say(`the TensorFlow binding could not be compiled:\n${lastLines(output)}`);
  return false;
}

/**
 * Links the wheel's libraries under the names that the binding is linked with and those it asks for when it loads.
 * @param {string} folder of tfjs-node
 * @param {string} libraries the folder with lib/ and include/
 */
function linkLibraries(folder, libraries) {
  const deps = join(folder, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  symlinkSync(join(libraries, 'include'), join(deps, 'include'));
  for (const name of readdirSync(join(libraries, 'lib'))) {
    const plain = name.replace('_cc', '').replace(/\.2$/, '');
    for (const alias of new Set([name, plain, `${plain}.2`]))
      symlinkSync(join(libraries, 'lib', name), join(deps, 'lib', alias));
  }
}

/**
 * What the package does itself: downloads libtensorflow and a prebuilt binding.
 * @param {string} folder
 */
async function ownScript(folder) {
  say("trying tfjs-node's own download of TensorFlow");
  rmSync(join(folder, 'deps'), { recursive: true, force: true });
  const headers = nodeHeaders();
  const env = {
    ...process.env,
    PATH: [join(nativeFolder, 'node_modules', '.bin'), process.env.PATH].join(delimiter), // as npm would
    ...(headers === undefined ? {} : { npm_config_nodedir: headers }),
  };
  const args = [join('scripts', 'install.js')];
  const { ok } = await runQuietly(process.execPath, args, { cwd: folder, env, timeoutMs: ownScriptTimeoutMs });
  return ok && (await loads(folder));
}

/** @param {string} folder of tfjs-node */
function bindingFile(folder) {
  const { find } = /** @type {{ find(manifest: string): string }} */ (
    nativeRequire(resolveFrom('@mapbox/node-pre-gyp', folder))
  );
  return find(join(folder, 'package.json'));
}

/**
 * @param {string} name
 * @param {string} from a folder
 */
function resolveFrom(name, from) {
  return nativeRequire.resolve(name, { paths: [from] });
}
