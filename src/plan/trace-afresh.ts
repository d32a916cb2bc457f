/** Traces code by reading it: entries, what they import, and the workers and files they name, until nothing is new. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Bundle, bundle } from './bundle.ts';
import { installedPackage, isCode, type PackageImport } from './code-names.ts';
import { nearestManifest, tsconfigsFor } from './language-config.ts';
import { packageClosure } from './packages.ts';
import { type CodeTrace, foldersAbove } from './trace.ts';
import type { Loads, Unfollowed } from './unfollowed.ts';

/** See traceCode. */
export async function traceAfresh(entry: string, root: string, folder: string): Promise<CodeTrace> {
  const files = new Set<string>();
  const loads: Loads[] = [];
  const imports: PackageImport[] = [];
  for (let entries = [entry]; entries.length > 0; ) {
    const reached: Bundle = await bundle(entries, root, folder);
    for (const file of reached.files) files.add(file);
    const named = [...new Set(reached.loads.flatMap((load) => load.followed))];
    imports.push(...reached.imports, ...named.flatMap((file) => installedPackage(file, root) ?? []));
    const followed = named.filter((file) => !files.has(file) && installedPackage(file, root) === undefined);
    for (const file of followed.filter((path) => !isCode(path))) files.add(file);
    entries = followed.filter(isCode);
    loads.push(...reached.loads);
  }
  const folders = new Set([...files].map((file) => dirname(file)));
  const manifests = new Set([...folders].flatMap((at) => nearestManifest(at) ?? []));
  const tsconfigs = await tsconfigsFor(folders, root);
  for (const config of tsconfigs.files) files.add(config);
  const closure = await packageClosure([...imports, ...tsconfigs.packages]);
  const places = [...files, ...manifests].map((file) => dirname(file));
  return {
    files: sorted(files),
    packages: closure.packages,
    manifests: sorted(manifests).filter((path) => path !== join(root, 'package.json')),
    unfollowed: inOrder(loads.flatMap((load) => load.unfollowed)),
    watched: sorted([
      ...[...files, ...manifests, ...places.flatMap((place) => foldersAbove(place, root))],
      ...[join(root, 'package.json'), ...closure.readFrom],
      ...places.flatMap((place) => [place, ...foldersAbove(place, root)]).flatMap(installedIn),
    ]),
  };
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
