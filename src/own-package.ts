/** Where Retrial itself is installed, in a clone as in node_modules, run from source or compiled. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let folder: string | undefined;

/** The folder of Retrial's own package.json. */
export function ownFolder(): string {
  folder ??= nearestPackage(dirname(fileURLToPath(import.meta.url)));
  return folder;
}

/** Whether this is the source itself, as in tests, rather than what was compiled of it. */
export function runsFromSource(): boolean {
  return import.meta.url.endsWith('.ts');
}

export function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(join(ownFolder(), 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** Requires a package with compiled parts: the set-up installs those in native/node_modules. */
export function requireNative(name: string): unknown {
  return createRequire(join(ownFolder(), 'native', 'package.json'))(name);
}

function nearestPackage(from: string): string {
  for (let at = from; at !== dirname(at); at = dirname(at)) if (existsSync(join(at, 'package.json'))) return at;
  throw new Error(`no package.json above ${from}`);
}
