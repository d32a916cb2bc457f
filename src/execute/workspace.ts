/** A project put together aside: what an isolated stage and a reproduction run in. */
import { constants, existsSync, lstatSync, readlinkSync, statSync } from 'node:fs';
import { copyFile, mkdir, readdir, readlink, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { pathInKey } from '../plan/trace.ts';

/**
 * The folder of the project in `folder`. Code may lie beside it (`../lib/x.ts`): as many folders are put above it as such
 * paths climb.
 * @param paths relative to the project, with slashes
 */
export function rootFor(folder: string, paths: readonly string[]): string {
  const climbs = paths.map(
    (path) =>
      posix
        .normalize(path)
        .split('/')
        .filter((part) => part === '..').length,
  );
  return join(folder, ...Array.from({ length: Math.max(0, ...climbs) }, () => 'above'), 'project');
}

/** Makes the folder one above which nothing says how the code in it is loaded: it is inside of today's project. */
export async function shutOff(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{}\n');
}

/** Larger files are linked to; smaller ones are copied, as a link leads a program back to the folder it was made in. */
const largeBytes = 64 << 20;

/** Copies a file or folder, with the folders above it; what is there already stays. Links inside of it are kept. */
export async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const source = await realpath(from);
  const at = await stat(source);
  if (at.isDirectory()) await placeFolder(source, to);
  else if (!isThere(to)) await placeFile(source, to, at.size);
}

async function placeFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await placeFolder(source, target);
    else if (isThere(target)) continue;
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await placeFile(source, target, (await stat(source)).size);
  }
}

async function placeFile(from: string, to: string, bytes: number): Promise<void> {
  if (bytes > largeBytes) await symlink(from, to);
  else await copyFile(from, to, constants.COPYFILE_FICLONE);
}

/** Link → what it leads to, with a slash behind a folder; both relative to the project. */
export type Links = Readonly<Record<string, string>>;

/** @param links absolute paths in the project of `root` */
export function linksIn(root: string, links: readonly string[]): Links {
  return Object.fromEntries(
    links.flatMap((link) => {
      const at = statSync(link, { throwIfNoEntry: false });
      if (at === undefined) return []; // gone since it was looked at
      const target = pathInKey(root, resolve(dirname(link), readlinkSync(link)));
      return [[pathInKey(root, link), at.isDirectory() ? `${target}/` : target]];
    }),
  );
}

/** Makes the links anew, before anything is written by their names. */
export async function placeLinks(root: string, links: Links): Promise<void> {
  for (const [path, target] of Object.entries(links)) {
    const link = resolve(root, path);
    await mkdir(dirname(link), { recursive: true });
    if (!isThere(link)) await symlink(relative(dirname(link), resolve(root, target)), link);
  }
  const folders = Object.values(links).filter((target) => target.endsWith('/'));
  for (const _ of folders) // one may lead through another
    await Promise.allSettled(folders.map((folder) => mkdir(resolve(root, folder), { recursive: true })));
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Links to the packages that `from` has: at its root, beside every package.json among `paths`, in the folders right
 * below the root, and as far above it as `paths` lead. What is there stays: it was just installed.
 */
export async function linkPackages(from: string, to: string, paths: readonly string[]): Promise<void> {
  const manifests = paths.filter((path) => /(^|\/)package\.json$/.test(path)).map((path) => dirname(path));
  const above = paths.filter((path) => /^(\.\.\/)+node_modules$/.test(path)).map((path) => dirname(path));
  const below = existsSync(from) ? await readdir(from) : [];
  for (const folder of new Set(['.', ...manifests, ...above, ...below])) {
    const [today, link] = [join(from, folder, 'node_modules'), join(to, folder, 'node_modules')];
    if (folder === 'runs' || folder === 'node_modules' || !existsSync(today) || existsSync(link)) continue;
    await mkdir(dirname(link), { recursive: true });
    await linkInstalled(today, link, { from: await realpath(from), to });
  }
}

/** Packages that are links to folders of the project lead to their copies; then each package has a link of its own. */
async function linkInstalled(today: string, link: string, project: { from: string; to: string }): Promise<void> {
  const installed = await installedIn(today);
  if (!installed.some(({ isLocal }) => isLocal)) return await symlink(await realpath(today), link);
  for (const { name, path, isLocal } of installed) {
    const copy = resolve(project.to, relative(project.from, path));
    await mkdir(dirname(join(link, name)), { recursive: true });
    if (!isLocal) await symlink(path, join(link, name));
    else if (existsSync(copy)) await symlink(copy, join(link, name));
    else await refuse(name, join(link, name));
  }
}

/** Left out, it would be found above. */
async function refuse(name: string, folder: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, exports: {} }));
}

interface InstalledPackage {
  readonly name: string;
  /** Where it really is. */
  readonly path: string;
  /** Code of the project's own, though it is imported by the name of a package. */
  readonly isLocal: boolean;
}

/** Packages, and what else a package manager keeps beside them. */
async function installedIn(folder: string): Promise<InstalledPackage[]> {
  const [names, real] = [await readdir(folder), await realpath(folder)];
  const scoped = names.map(async (name) =>
    name.startsWith('@') ? (await readdir(join(folder, name))).map((inner) => `${name}/${inner}`) : [name],
  );
  const there = (await Promise.all(scoped)).flat().filter((name) => existsSync(join(folder, name)));
  return Promise.all(
    there.map(async (name) => {
      const path = await realpath(join(folder, name));
      const isInstalled = path.includes(`${sep}node_modules${sep}`) || path.startsWith(real + sep);
      return { name, path, isLocal: name !== 'retrial' && !isInstalled };
    }),
  );
}

/** Of the folders above a project, the `node_modules` that hold links to its own code; relative, for the functions here. */
export async function packagesAbove(root: string): Promise<string[]> {
  const found: string[] = [];
  for (let at = dirname(root), path = '../'; at !== dirname(at); at = dirname(at), path = `../${path}`) {
    const folder = join(at, 'node_modules');
    if (existsSync(folder) && (await installedIn(folder)).some(({ isLocal }) => isLocal))
      found.push(`${path}node_modules`);
  }
  return found;
}
