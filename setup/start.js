/** `npm start`: the main job, from a bare clone on. It needs no network once the packages are there. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureSetUp } from './ensure.js';
import { packageFolder } from './places.js';

await ensureSetUp();
process.exitCode = mainJob();

/** A sweep on synthetic ratings, its leaderboard, and the page that compares its runs. @returns {number} exit code */
function mainJob() {
  for (const args of [
    ['sweep', 'sweeps/start.yaml'],
    ['compare', 'start'],
  ]) {
    const code = retrial(args);
    if (code !== 0) return code;
  }
  process.stderr.write(`
The same on MovieLens 100K (research use only; see its terms):
  npx retrial sweep sweeps/movielens-100k.yaml
It is downloaded from its official address, or taken from RETRIAL_DATA_MIRROR, a folder or address that has ml-100k.zip.
`);
  return 0;
}

/** @param {readonly string[]} args */
function retrial(args) {
  const command = join(packageFolder, 'bin', 'retrial.js');
  const { status } = spawnSync(process.execPath, [command, ...args], { cwd: packageFolder, stdio: 'inherit' });
  return status ?? 1;
}
