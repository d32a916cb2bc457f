/** The closure of installed packages behind some imports, by name, version and integrity. */
import { dirname, join, relative, sep } from 'node:path';
import { readJson } from '../store/files.ts';

interface Installed {
  readonly version?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * Follows dependencies as Node resolves them: up the chain of node_modules folders. Packages that are not installed
 * (optional ones, or for another platform) are left out.
 * @returns name@version → integrity from the installed lock, or empty where there is none
 */
export async function packageClosure(root: string, names: readonly string[]): Promise<Record<string, string>> {
  const found = new Map<string, string>();
  const visited = new Set<string>();
  const locks = new Map<string, Promise<Readonly<Record<string, Installed>>>>();
  const visit = async (from: string, name: string): Promise<void> => {
    const folder = await locate(from, name, locks);
    if (folder === undefined || visited.has(folder.path)) return;
    visited.add(folder.path);
    const { version, integrity, ...rest } = folder.installed;
    found.set(`${name}@${version ?? ''}`, integrity ?? '');
    const needs = { ...rest.dependencies, ...rest.optionalDependencies, ...rest.peerDependencies };
    for (const need of Object.keys(needs)) await visit(folder.path, need);
  };
  for (const name of names) await visit(root, name);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Locks = Map<string, Promise<Readonly<Record<string, Installed>>>>;

async function locate(
  from: string,
  name: string,
  locks: Locks,
): Promise<{ path: string; installed: Installed } | undefined> {
  for (let at = from; ; at = dirname(at)) {
    const path = join(at, 'node_modules', name);
    const installed = (await fromLock(path, locks)) ?? (await readJson<Installed>(join(path, 'package.json')));
    if (installed !== undefined) return { path, installed };
    if (at === dirname(at)) return undefined;
  }
}

/** npm writes what it installed into node_modules/.package-lock.json of the outermost node_modules. */
async function fromLock(path: string, locks: Locks): Promise<Installed | undefined> {
  const outermost = path.slice(0, path.indexOf(`${sep}node_modules${sep}`));
  let lock = locks.get(outermost);
  if (lock === undefined) {
    const file = join(outermost, 'node_modules', '.package-lock.json');
    lock = readJson<{ packages?: Record<string, Installed> }>(file).then((json) => json?.packages ?? {});
    locks.set(outermost, lock);
  }
  return (await lock)[relative(outermost, path).split(sep).join('/')];
}
