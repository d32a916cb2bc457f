/** `npm start`: the main job, from a bare clone on. It needs no network once the packages are there. */
import { join } from 'node:path';
import { ensureSetUp } from './ensure.js';
import { packageFolder } from './places.js';
import { runVisibly } from './run-visibly.js';

await ensureSetUp();
process.exitCode = await mainJob();

/** A sweep on synthetic ratings with its leaderboard, and the page that compares its runs. @returns {Promise<number>} exit code */
async function mainJob() {
  const swept = await retrial(['sweep', 'sweeps/start.yaml'], 'inherit');
  const compared = swept === 0 ? await retrial(['compare', 'start'], 'ignore') : swept; // the leaderboard is printed already
  if (compared !== 0) return compared;
  process.stderr.write(`
Open runs/compare.html: all of these runs beside each other. One of them in depth: npx retrial show HASH

The same on MovieLens 100K (for research; its terms are at its address):
  npx retrial sweep sweeps/movielens-100k.yaml
It is downloaded once from its official address, or taken from RETRIAL_DATA_MIRROR: a folder, or an address, that has
ml-100k.zip or ml-100k/u.data.
`);
  return 0;
}

/**
 * @param {readonly string[]} args
 * @param {'inherit' | 'ignore'} stdout
 */
function retrial(args, stdout) {
  const command = join(packageFolder, 'bin', 'retrial.js');
  return runVisibly(process.execPath, [command, ...args], { cwd: packageFolder, stdout });
}
