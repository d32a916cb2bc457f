/** Traces code by reading it: entries, what they import, and the workers and files they name, until nothing is new. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { type Bundle, bundle } from './bundle.ts';
import { installedPackage, isCode, type PackageImport } from './code-names.ts';
import { nearestManifest, tsconfigsFor } from './language-config.ts';
import { linksOn, namedFrom } from './links.ts';
import { packageClosure } from './packages.ts';
import type { BundleContext } from './resolving.ts';
import { type Runner, tsconfigFrom } from './runner.ts';
import { type CodeTrace, type Entry, foldersAbove } from './trace.ts';
import type { Loads, Unfollowed } from './unfollowed.ts';

/** See traceCode. */
export async function traceAfresh(entry: Entry, root: string, folder: string): Promise<CodeTrace> {
  const reached = await allReached(entry, root, folder);
  const files = new Set(reached.flatMap((one) => [...one.files]));
  const [loads, imports] = [reached.flatMap((one) => one.loads), reached.flatMap((one) => one.imports)];
  const throughLinks = new Set(reached.flatMap((one) => [...one.throughLinks]));
  const named = reached.flatMap((one) => one.tsconfig ?? []);
  const folders = new Set([...files].map((file) => dirname(file)));
  const manifests = new Set([...folders].flatMap((at) => nearestManifest(at) ?? []));
  const tsconfigs = await tsconfigsFor(folders, root, named);
  for (const config of tsconfigs.files) files.add(config);
  const closure = await packageClosure([...imports, ...tsconfigs.packages]);
  const places = [...files, ...manifests, ...throughLinks].map((file) => dirname(file));
  return {
    files: sorted(files),
    packages: closure.packages,
    manifests: sorted(manifests).filter((path) => path !== join(root, 'package.json')),
    unfollowed: inOrder(loads.flatMap((load) => load.unfollowed)),
    links: sorted([...throughLinks].flatMap((path) => linksOn(path, root))),
    watched: sorted([
      ...[...files, ...manifests, ...throughLinks, ...places.flatMap((place) => foldersAbove(place, root))],
      ...[join(root, 'package.json'), ...closure.readFrom],
      ...(reached.some((one) => one.isTsx) ? foldersAbove(folder, root) : []),
      ...places.flatMap((place) => [place, ...foldersAbove(place, root)]).flatMap(installedIn),
    ]),
  };
}

/** By the entry, and by each program that code starts with a runner of its own. */
async function allReached(entry: Entry, root: string, folder: string): Promise<readonly (Reached & ReachedBy)[]> {
  const found = new Map<string, Reached & ReachedBy>();
  const waiting = [entry];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const name = JSON.stringify(next);
    if (found.has(name)) continue;
    const { runner } = next;
    const isTsx = runner.kind === 'tsx';
    const tsconfig = isTsx ? (runner.tsconfig ?? tsconfigFrom(folder)) : undefined;
    const reached = await reachedBy(next, { root, folder, tsconfig });
    found.set(name, { ...reached, isTsx, tsconfig });
    waiting.push(...reached.loads.flatMap(({ programs }) => programs));
  }
  return [...found.values()];
}

interface ReachedBy {
  readonly isTsx: boolean;
  readonly tsconfig: string | undefined;
}

/** Code that registers a loader is read again by rules that pass over nothing: what it imports is the loader's to say. */
async function reachedBy(
  { path, runner }: Entry,
  context: Pick<BundleContext, 'root' | 'folder' | 'tsconfig'>,
): Promise<Reached> {
  let registers = false;
  const read = (as: Runner) =>
    reachable(path, { ...context, runner: as, registers: () => (registers = runner.kind === 'node') });
  const asSaid = await read(runner).catch((error: unknown) => {
    if (!(error instanceof UserError && registers)) throw error;
    return undefined;
  });
  return asSaid === undefined || registers ? await read({ ...runner, kind: 'hooked' }) : asSaid;
}

interface Reached {
  readonly files: Set<string>;
  readonly loads: readonly Loads[];
  readonly imports: readonly PackageImport[];
  /** Paths as they are written, where they are not those of the files. */
  readonly throughLinks: ReadonlySet<string>;
}

async function reachable(entry: string, context: BundleContext): Promise<Reached> {
  const { root } = context;
  const found = { files: new Set<string>(), loads: [] as Loads[], imports: [] as PackageImport[] };
  const throughLinks = new Set<string>();
  const asked = new Set<string>();
  let certain = [entry];
  let possible: string[] = [];
  while (certain.length + possible.length > 0) {
    const tried = await Promise.all(possible.map((path) => tryBundle(path, context)));
    const reached = certain.length === 0 ? tried : [await bundle(certain, context), ...tried];
    for (const path of [...certain, ...possible]) {
      asked.add(realpathSync(path));
      if (realpathSync(path) !== path) throughLinks.add(path);
    }
    for (const { files, throughLinks: links } of reached) {
      for (const file of files) found.files.add(file);
      for (const path of links) throughLinks.add(path);
    }
    const named = [...new Set(reached.flatMap(({ loads }) => loads.flatMap((load) => load.followed)))];
    found.imports.push(...reached.flatMap(({ imports }) => imports));
    found.imports.push(...reached.flatMap(({ loads }) => loads.flatMap((load) => load.imports)));
    found.imports.push(...named.flatMap((file) => installedPackage(file, root) ?? []));
    found.loads.push(...reached.flatMap(({ loads }) => loads));
    const isNew = (file: string) => !found.files.has(realpathSync(file)) && !asked.has(realpathSync(file));
    const followed = named.filter((file) => installedPackage(file, root) === undefined && isNew(file));
    const others = [...new Set(reached.flatMap((one) => one.others))].filter(isNew);
    for (const file of [...followed, ...others].filter((path) => !isCode(path))) found.files.add(file);
    certain = followed.filter(isCode);
    possible = others.filter(isCode);
  }
  return { ...found, throughLinks };
}

/** What may be run in the place of another file, and may not: what cannot be followed from it is no mistake. */
async function tryBundle(path: string, context: BundleContext): Promise<Bundle> {
  try {
    return await bundle([path], context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      files: [namedFrom(context.root)(realpathSync(path))],
      imports: [],
      loads: [],
      others: [],
      throughLinks: [],
    };
  }
}

/** Each once, by file and place. */
function inOrder(unfollowed: readonly Unfollowed[]): Unfollowed[] {
  const byPlace = new Map(unfollowed.map((found) => [`${found.file}:${found.line}:${found.column}`, found]));
  return [...byPlace.values()].sort((a, b) =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1,
  );
}

/** Packages that are links are not in any file. */
function installedIn(folder: string): string[] {
  return existsSync(join(folder, 'node_modules')) ? [join(folder, 'node_modules')] : [];
}

function sorted(paths: Iterable<string>): string[] {
  return [...new Set(paths)].sort((a, b) => (a < b ? -1 : 1));
}
