/** The closure of installed packages behind some imports, by name, version and integrity. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { hashJson } from '../hash.ts';
import { readJson } from '../store/files.ts';
import { hashFiles } from '../store/hash-files.ts';
import { isBelow, type PackageImport } from './code-names.ts';

interface Installed {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface PackageClosure {
  /** name@version → integrity from the installed lock, else empty; of what was not published a hash of its files. */
  readonly packages: Readonly<Record<string, string>>;
  /** Absolute paths of the locks and package.json files that this was read from. */
  readonly readFrom: readonly string[];
}

/**
 * Follows dependencies as Node resolves them: up the chain of node_modules folders, from where a package really is.
 * Packages that are not installed (optional ones, or for another platform) are left out.
 */
export async function packageClosure(imports: readonly PackageImport[]): Promise<PackageClosure> {
  const walk = new PackageWalk();
  for (const { from, name } of imports) await walk.visit(from, name);
  return { packages: Object.fromEntries([...walk.found].sort(([a], [b]) => (a < b ? -1 : 1))), readFrom: walk.read() };
}

/** A package where it really is; one that is no package of a registry is its files. */
interface Located {
  readonly folder: string;
  readonly installed: Installed;
  readonly published: boolean;
}

type Lock = Readonly<Record<string, Installed>>;

class PackageWalk {
  readonly found = new Map<string, string>();
  readonly #visited = new Set<string>();
  readonly #locks = new Map<string, Promise<Lock>>();
  readonly #read = new Set<string>();

  async visit(from: string, name: string): Promise<void> {
    const at = await this.#locate(from, name);
    if (at === undefined || this.#visited.has(at.folder)) return;
    this.#visited.add(at.folder);
    const { version, integrity, ...rest } = at.installed;
    const content = at.published ? (integrity ?? '') : await this.#contentOf(at.folder);
    this.found.set(`${name}@${version ?? ''}`, content);
    const needs = { ...rest.dependencies, ...rest.optionalDependencies, ...rest.peerDependencies };
    for (const need of Object.keys(needs)) await this.visit(at.folder, need);
  }

  read(): string[] {
    return [...this.#read];
  }

  async #locate(from: string, name: string): Promise<Located | undefined> {
    for (let at = from; ; at = dirname(at)) {
      const path = join(at, 'node_modules', name);
      const found = existsSync(path) ? await this.#at(path, realpathSync(join(at, 'node_modules'))) : undefined;
      if (found !== undefined) return found;
      if (at === dirname(at)) return undefined;
    }
  }

  /** @param installedIn where the node_modules that it was found in really is: that may be a link itself */
  async #at(path: string, installedIn: string): Promise<Located | undefined> {
    const real = realpathSync(path);
    const isInstalled = real.includes(`${sep}node_modules${sep}`);
    const isLink = !isInstalled && !isBelow(real, installedIn);
    const folder = isInstalled || isLink ? real : path;
    const manifest = await this.#manifest(folder);
    const said = isLink ? undefined : await this.#fromLock(folder);
    const isStale = manifest !== undefined && said?.version !== manifest.version; // another program has installed since
    const locked = isStale ? undefined : said;
    const installed = locked ?? manifest;
    if (installed === undefined) return undefined;
    const isCopy = locked?.resolved?.startsWith('file:') === true && locked.integrity === undefined;
    return { folder, installed, published: !isLink && !isCopy };
  }

  async #manifest(folder: string): Promise<Installed | undefined> {
    const file = join(folder, 'package.json');
    this.#read.add(file);
    return await readJson<Installed>(file);
  }

  /** npm writes what it installed into node_modules/.package-lock.json of the outermost node_modules. */
  async #fromLock(folder: string): Promise<Installed | undefined> {
    const outermost = folder.slice(0, folder.indexOf(`${sep}node_modules${sep}`));
    let lock = this.#locks.get(outermost);
    if (lock === undefined) {
      const file = join(outermost, 'node_modules', '.package-lock.json');
      this.#read.add(file);
      lock = readJson<{ packages?: Lock }>(file).then((json) => json?.packages ?? {});
      this.#locks.set(outermost, lock);
    }
    return (await lock)[relative(outermost, folder).split(sep).join('/')];
  }

  /** Of a package that is linked to, or was copied from a folder: its version says nothing of what is in it. */
  async #contentOf(folder: string): Promise<string> {
    const files = filesOf(folder);
    for (const path of [folder, ...files.map((file) => dirname(file)), ...files]) this.#read.add(path);
    const hashes = await hashFiles(files.map((path) => ({ path, size: statSync(path).size })));
    return `content-${hashJson(files.map((path, at) => [relative(folder, path).split(sep).join('/'), hashes[at]]))}`;
  }
}

/** Absolute paths, sorted; what it has installed itself is followed by its dependencies. */
function filesOf(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') found.push(...filesOf(path));
    else if (entry.isFile()) found.push(path);
  }
  return found.sort((a, b) => (a < b ? -1 : 1));
}
