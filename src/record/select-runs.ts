/** From what a person types (`1a2b`, `1a2b@2`, `latest`, a study's name) to runs. */
import { UserError } from '../errors.ts';
import { type ConfigHash, short } from '../hash.ts';
import { latestRun } from '../store/latest.ts';
import type { Layout } from '../store/layout.ts';
import type { Database } from './database.ts';
import { attempts, begunLast, runs, speaker, studies } from './queries.ts';
import type { RunRow } from './rows.ts';

const maxCandidates = 8;

/** The index, and the store that it tells of. */
interface Recorded {
  readonly db: Database;
  readonly layout: Layout;
}

/**
 * The run of a config hash, of any unique prefix of one, or of `latest`; the attempt that speaks for it, or the one
 * behind `@`.
 * Throws UserError, with the candidates, where that is none or several.
 */
export async function selectRun({ db, layout }: Recorded, selector: string): Promise<RunRow> {
  const [prefix = '', attempt] = selector.split('@');
  const configHash = await resolveHash({ db, layout }, prefix);
  const all = await attempts(db, configHash);
  const found =
    attempt === undefined ? await speaker(db, configHash) : all.find((row) => String(row.attempt) === attempt);
  if (found !== undefined) return found;
  const known = all.map((row) => `${short(configHash)}@${row.attempt}`).reverse();
  throw new UserError(`${short(configHash)} has no attempt ${attempt}`, `there are: ${known.join(', ')}`);
}

/** The one config hash that starts with `prefix`, which may be `latest`. */
export async function resolveHash({ db, layout }: Recorded, prefix: string): Promise<ConfigHash> {
  if (prefix === 'latest') return await latest({ db, layout });
  const text = prefix.toLowerCase();
  if (!/^[0-9a-f]{1,64}$/.test(text))
    throw new UserError(
      `"${prefix}" is not a hash`,
      'a hash, or its first digits, are of 0-9 and a-f; or say `latest`',
    );
  const found = await db.all<{ config_hash: ConfigHash }>(
    `SELECT DISTINCT config_hash FROM attempts WHERE config_hash >= ? AND config_hash < ? AND NOT removed
     ORDER BY config_hash LIMIT ?`,
    ...[text, `${text}g`, maxCandidates + 1],
  );
  const [first, ...more] = found.map((row) => row.config_hash);
  if (first === undefined) throw new UserError(`no run's hash starts with ${text}`, await newest(db));
  if (more.length > 0) throw new UserError(`${text} is the start of several hashes`, candidates([first, ...more]));
  return first;
}

/** Runs of each selector in turn, each run once: a study's name gives all of it. */
export async function selectRuns(record: Recorded, selectors: readonly string[]): Promise<RunRow[]> {
  const names = new Set((await studies(record.db)).map((study) => study.name));
  const selected = new Map<number, RunRow>();
  for (const selector of selectors)
    for (const row of names.has(selector)
      ? await runs(record.db, selector)
      : [await selectOne(record, selector, names)])
      selected.set(row.attemptId, row);
  return [...selected.values()];
}

async function selectOne(record: Recorded, selector: string, names: ReadonlySet<string>): Promise<RunRow> {
  if (!/^([0-9a-f]+|latest)(@\d+)?$/i.test(selector)) throw unknownStudy(selector, names);
  return await selectRun(record, selector);
}

/** For a name that is no study's. */
export function unknownStudy(name: string, names: Iterable<string>): UserError {
  const known = [...names].slice(0, maxCandidates);
  return new UserError(
    `"${name}" is neither a study nor a hash`,
    known.length === 0 ? 'there is no study yet' : `studies: ${known.join(', ')}`,
  );
}

/** Where `runs/latest` leads, for every command; the journals tell where the record came without the folders of its runs. */
async function latest({ db, layout }: Recorded): Promise<ConfigHash> {
  const begun = await latestRun(layout);
  const known = begun !== undefined && (await attempts(db, begun)).length > 0 ? begun : await begunLast(db);
  if (known === undefined) throw new UserError('there is no run yet', 'start one with `retrial run`');
  return known;
}

async function newest(db: Database): Promise<string> {
  const rows = await runs(db);
  if (rows.length === 0) return 'there is no run yet: start one with `retrial run`';
  return `the newest are ${rows
    .slice(0, maxCandidates)
    .map((row) => short(row.configHash))
    .join(', ')}`;
}

/** As many digits as it takes to tell them apart, but no fewer than are usually shown. */
function candidates(hashes: readonly string[]): string {
  const shown = hashes.slice(0, maxCandidates);
  const lengths = [12, 16, 24, 40, 64];
  const length = lengths.find((n) => new Set(shown.map((hash) => hash.slice(0, n))).size === shown.length) ?? 64;
  const list = shown.map((hash) => hash.slice(0, length)).join(', ');
  return `they are ${list}${hashes.length > shown.length ? ', …' : ''}`;
}
