/** What `npm start` and `npm test` begin with: whatever a bare clone lacks is installed; nothing is done twice. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.js';
import { packageFolder } from './places.js';
import { lastLines } from './run-quietly.js';
import { say } from './say.js';

const stamp = join(packageFolder, 'node_modules', '.retrial-lock');

/** Installs packages where they are missing or of another lock, then completes the set-up. */
export async function ensureSetUp() {
  if (!installed()) {
    say('installing packages (npm ci)');
    const { ok, output } = await npm(['ci', '--no-audit', '--no-fund'], packageFolder);
    if (!ok) {
      say(`npm ci failed:\n${lastLines(output, 12)}`);
      process.exit(1);
    }
  }
  writeFileSync(stamp, lockHash());
  const { setUp } = await import('./setup.js');
  await setUp();
}

/** npm's own note of what it installed is older than the stamp only when the lock has not changed since. */
function installed() {
  if (!existsSync(join(packageFolder, 'node_modules', '.package-lock.json'))) return false;
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') === lockHash();
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(packageFolder, 'package-lock.json')))
    .digest('hex');
}
