/** `npm test`: the whole default suite, from a bare clone on. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureSetUp } from './ensure.js';
import { packageFolder } from './places.js';

await ensureSetUp();
const vitest = join(packageFolder, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: packageFolder,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
