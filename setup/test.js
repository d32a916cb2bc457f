/** `npm test`: the whole default suite, from a bare clone on. */
import { join } from 'node:path';
import { ensureSetUp } from './ensure.js';
import { packageFolder } from './places.js';
import { runVisibly } from './run-visibly.js';

await ensureSetUp();
const vitest = join(packageFolder, 'node_modules', 'vitest', 'vitest.mjs');
process.exitCode = await runVisibly(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: packageFolder,
});
