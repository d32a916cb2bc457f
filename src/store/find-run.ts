/** From what a person types to a run: any unique prefix of its hash, or `latest`; either with `@2` for an attempt. */
import { UserError } from '../errors.ts';
import type { AttemptId } from '../events.ts';
import { type ConfigHash, short } from '../hash.ts';
import { attemptNumbers, newestLock } from './attempts.ts';
import { configHashes, latestRun } from './latest.ts';
import type { Layout } from './layout.ts';

/** Throws {@link UserError} where no run, or more than one, begins so. Without `@n` the newest attempt that ended is meant. */
export async function findRun(layout: Layout, typed: string): Promise<AttemptId> {
  const [name = '', number] = typed.split('@');
  const configHash = name === 'latest' ? await latest(layout) : await beginning(layout, name);
  const attempts = await attemptNumbers(layout, configHash);
  const attempt =
    number === undefined ? ((await newestLock(layout, configHash))?.attempt ?? attempts[0]) : Number(number);
  if (attempt === undefined || !attempts.includes(attempt))
    throw new UserError(
      `run ${short(configHash)} has no attempt ${number ?? ''}`,
      `it has: ${attempts.join(', ') || 'none'}`,
    );
  return { configHash, attempt };
}

async function latest(layout: Layout): Promise<ConfigHash> {
  const hash = await latestRun(layout);
  if (hash === undefined) throw new UserError('there is no run yet', 'start one with `retrial run`');
  return hash;
}

async function beginning(layout: Layout, prefix: string): Promise<ConfigHash> {
  const matching = (await configHashes(layout)).filter((hash) => hash.startsWith(prefix.toLowerCase()));
  const [configHash] = matching;
  if (configHash === undefined || prefix === '')
    throw new UserError(`no run begins with "${prefix}"`, 'retrial runs lists them');
  if (matching.length > 1)
    throw new UserError(`"${prefix}" is not unique: ${matching.map(short).join(', ')}`, 'type more of the hash');
  return configHash;
}
