/** The configuration that decides how files are resolved and compiled: tsconfigs with all they extend, package.json. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { installedPackage, isFile, isPath, type PackageImport } from './code-names.ts';
import { literal } from './node-shapes.ts';

export interface Tsconfigs {
  /** Absolute paths. */
  readonly files: ReadonlySet<string>;
  /** Packages that hold some of the chain: installed files are in a key by the version of their package. */
  readonly packages: readonly PackageImport[];
}

/**
 * Every tsconfig.json from a folder up to the project's, else the nearest above it, each with all that it extends.
 * @param named others that are gone by
 */
export async function tsconfigsFor(
  folders: Iterable<string>,
  root: string,
  named: readonly string[],
): Promise<Tsconfigs> {
  const found = { files: new Set<string>(), packages: [] as PackageImport[] };
  for (const path of named) await addChain(path, root, found);
  for (const folder of folders) for (const path of tsconfigsAbove(folder, root)) await addChain(path, root, found);
  return found;
}

function tsconfigsAbove(folder: string, root: string): string[] {
  const found: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'tsconfig.json');
    if (existsSync(path)) found.push(path);
    const isPastRoot = at === root || !at.startsWith(`${root}/`);
    if ((isPastRoot && found.length > 0) || at === dirname(at)) return found;
  }
}

async function addChain(
  path: string,
  root: string,
  found: { files: Set<string>; packages: PackageImport[] },
): Promise<void> {
  const installed = installedPackage(path, root);
  if (installed !== undefined) found.packages.push(installed);
  if (installed !== undefined || found.files.has(path)) return;
  found.files.add(path);
  for (const base of await extendedBy(path)) {
    const target = configFile(base, path);
    if (target !== undefined) await addChain(target, root, found);
  }
}

/** tsconfigs have comments and trailing commas: they are read as JavaScript. esbuild tells of mistakes in them. */
async function extendedBy(path: string): Promise<string[]> {
  const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  if (!text.includes('"extends"')) return [];
  const { parseExpressionAt } = await import('acorn');
  try {
    const tree = parseExpressionAt(text, 0, { ecmaVersion: 'latest' });
    if (tree.type !== 'ObjectExpression') return [];
    const values = tree.properties.flatMap((property) =>
      property.type === 'Property' && literal(property.key as Parameters<typeof literal>[0]) === 'extends'
        ? [property.value]
        : [],
    );
    const names = values.flatMap((value) => (value.type === 'ArrayExpression' ? value.elements : [value]));
    return names.flatMap((name) => literal(name ?? undefined) ?? []);
  } catch {
    return [];
  }
}

function configFile(name: string, from: string): string | undefined {
  if (!isPath(name)) return packagedConfig(name, from);
  const path = resolve(dirname(from), name);
  return [path, `${path}.json`, join(path, 'tsconfig.json')].find(isFile);
}

function packagedConfig(name: string, from: string): string | undefined {
  const { resolve: find } = createRequire(from);
  for (const candidate of [name, `${name}.json`, `${name}/tsconfig.json`])
    try {
      const path = find(candidate);
      if (path.endsWith('.json')) return path;
    } catch {
      // not under this name
    }
  return undefined;
}

/** The package.json that a folder's files are loaded by: the nearest, as Node looks for it. */
export function nearestManifest(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'package.json');
    if (existsSync(path)) return path;
    if (at === dirname(at)) return undefined;
  }
}
