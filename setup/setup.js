/**
 * Everything a clone needs and npm does not do: compiled packages, native TensorFlow, the compiled command. It runs
 * behind `npm ci`, before `npm start` and `npm test`, and for `retrial doctor --fix`; what is there is left alone.
 */
import { pathToFileURL } from 'node:url';
import { buildWhereNeeded } from './build.js';
import { ensureNativePackages } from './native-packages.js';
import { withinSetup } from './npm.js';
import { say } from './say.js';
import { ensureSqlite } from './sqlite.js';
import { needsSetup, noteSetup } from './stamp.js';
import { ensureTensorflow } from './tensorflow.js';

/** Never throws for lack of a compiler or of native TensorFlow: the fallback is said, and works. */
export async function setUp() {
  if (needsSetup()) {
    await ensureNativePackages();
    const sqlite = await ensureSqlite();
    const tensorflow = await ensureTensorflow();
    say(tensorflow ? 'native TensorFlow is ready' : wasmInstead);
    if (sqlite) noteSetup({ sqlite, tensorflow });
  }
  await buildWhereNeeded();
}

const wasmInstead =
  'native TensorFlow cannot be had here: training uses the WebAssembly backend, about five times slower; `npx retrial doctor` says why';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href && process.env[withinSetup] === undefined)
  await setUp();
