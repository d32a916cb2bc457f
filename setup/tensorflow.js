/** Native TensorFlow for tfjs-node: as it is where it loads, else built; never a reason for the set-up to fail. */
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { keepCompiled, takeCompiled } from './compiled.js';
import { installedFolder, nativeRequire, nodeHeaders } from './places.js';
import { lastLines, runQuietly } from './run-quietly.js';
import { say } from './say.js';
import { ensureTensorflowLibraries, tensorflowVersion } from './tensorflow-wheel.js';

/** Loads it and computes something; TensorFlow's own messages do not matter here. */
const loadScript = (/** @type {string} */ folder) =>
  `const tf = require(${JSON.stringify(folder)}); if (tf.scalar(2).square().dataSync()[0] !== 4) process.exit(1)`;

/** @returns {Promise<boolean>} */
export async function tensorflowLoads() {
  const folder = installedFolder('@tensorflow/tfjs-node');
  if (folder === undefined || !existsSync(bindingFile(folder))) return false;
  return (await runQuietly(process.execPath, ['-e', loadScript(folder)])).ok;
}

/** @returns {Promise<boolean>} whether native TensorFlow can be used */
export async function ensureTensorflow() {
  const folder = installedFolder('@tensorflow/tfjs-node');
  if (folder === undefined) return false;
  if (await tensorflowLoads()) return true;
  const built =
    process.platform === 'linux' && process.arch === 'x64' ? await fromWheel(folder) : await ownScript(folder);
  return built && (await tensorflowLoads());
}

/** @param {string} folder of tfjs-node */
async function fromWheel(folder) {
  const libraries = await ensureTensorflowLibraries();
  if (libraries === undefined) return ownScript(folder);
  linkLibraries(folder, libraries);
  const file = bindingFile(folder);
  const key = `tfjs-node-${nativeRequire('@tensorflow/tfjs-node/package.json').version}-tensorflow-${tensorflowVersion}`;
  if (takeCompiled(key, file) && (await tensorflowLoads())) return true;
  say('compiling the TensorFlow binding (15 seconds, once for this user)');
  const headers = nodeHeaders();
  const program = resolveFrom('@mapbox/node-pre-gyp/bin/node-pre-gyp', folder);
  const { ok, output } = await runQuietly(
    process.execPath,
    [program, 'install', '--build-from-source', ...(headers === undefined ? [] : [`--nodedir=${headers}`])],
    { cwd: folder, env: { ...process.env, npm_config_node_gyp: nativeRequire.resolve('node-gyp/bin/node-gyp.js') } },
  );
  if (ok) keepCompiled(key, file);
  else say(`the binding could not be compiled:\n${lastLines(output)}`);
  return ok;
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
  const { ok } = await runQuietly(process.execPath, [join('scripts', 'install.js')], { cwd: folder });
  return ok;
}

/** @param {string} folder of tfjs-node */
export function bindingFile(folder) {
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
