/** A project put together aside: what an isolated stage and a reproduction run in. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, realpath, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * The folder of the project in `folder`. Code may lie beside it (`../lib/x.ts`): as many folders are put above it as such
 * paths climb.
 * @param paths relative to the project, with slashes
 */
export function rootFor(folder: string, paths: readonly string[]): string {
  const climbs = paths.map((path) => path.split('/').filter((part) => part === '..').length);
  return join(folder, ...Array.from({ length: Math.max(0, ...climbs) }, () => 'above'), 'project');
}

/**
 * Links to the packages that `from` has: at its root, beside every package.json among `paths`, and in the folders right
 * below the root. What is there stays: it was just installed.
 */
export async function linkPackages(from: string, to: string, paths: readonly string[]): Promise<void> {
  const manifests = paths.filter((path) => /(^|\/)package\.json$/.test(path)).map((path) => dirname(path));
  const below = existsSync(from) ? await readdir(from) : [];
  for (const folder of new Set(['.', ...manifests, ...below])) {
    const [today, link] = [join(from, folder, 'node_modules'), join(to, folder, 'node_modules')];
    if (folder === 'runs' || folder === 'node_modules' || !existsSync(today) || existsSync(link)) continue;
    await mkdir(dirname(link), { recursive: true });
    await symlink(await realpath(today), link);
  }
}
