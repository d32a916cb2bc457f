/**
 * Everything a clone needs and npm does not do: compiled packages, native TensorFlow, the compiled command. It runs
 * behind `npm ci`, before `npm start` and `npm test`, and for `retrial doctor --fix`; what is there is left alone.
 * What could not be had is tried again by an installation, and by `--again`.
 */
import { buildWhereNeeded } from './build.js';
import { ensureNativePackages, nativePackagesInstalled } from './native-packages.js';
import { withinSetup } from './npm.js';
import { isMain } from './places.js';
import { say } from './say.js';
import { ensureSqlite } from './sqlite.js';
import { needsSetup, noteSetup } from './stamp.js';
import { ensureTensorflow, wantsNative } from './tensorflow.js';

/**
 * Never throws for lack of a compiler or of native TensorFlow: the fallback is said, and works.
 * @param {{ again?: boolean }} [options]
 */
export async function setUp({ again = false } = {}) {
  if (again || needsSetup() || !nativePackagesInstalled()) await completeNative();
  await buildWhereNeeded();
}

async function completeNative() {
  await ensureNativePackages();
  const [sqlite, tensorflow] = await Promise.all([ensureSqlite(), ensureTensorflow()]);
  say(tensorflow ? 'native TensorFlow is ready' : wasmInstead());
  if (nativePackagesInstalled()) noteSetup({ sqlite, tensorflow });
}

function wasmInstead() {
  const backend = 'training uses the WebAssembly backend, about five times slower than native TensorFlow';
  if (!wantsNative()) return `${backend}, as RETRIAL_TENSORFLOW=wasm asks`;
  return `${backend}, which cannot be had here; \`npx retrial doctor\` says why`;
}

if (isMain(import.meta.url) && process.env[withinSetup] === undefined)
  await setUp({ again: process.argv.includes('--again') || process.env.npm_lifecycle_event === 'postinstall' });
