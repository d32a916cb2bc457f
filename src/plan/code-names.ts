/** How names of code are read. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, extname, join, sep } from 'node:path';

export function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false; // below a file, a circle of links, a name that is too long
  }
}

/** `@scope/name` of `@scope/name/part`. */
export function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** A name that starts from a folder rather than from the installed packages. */
export function isPath(specifier: string): boolean {
  return /^\.{0,2}\//.test(specifier);
}

/** Whether a file is JavaScript or TypeScript, by its name. */
export function isCode(path: string): boolean {
  return /^\.[cm]?[jt]sx?$/.test(extname(path));
}

export interface PackageImport {
  readonly name: string;
  /** The folder from which it is looked for. */
  readonly from: string;
}

/**
 * The package that an installed file belongs to; undefined of a file that is not below a node_modules of the project or
 * above it. The project itself may be an installed package.
 */
export function installedPackage(path: string, root: string): PackageImport | undefined {
  const folder = `${sep}node_modules${sep}`;
  const at = path.lastIndexOf(folder);
  if (at === -1 || (isBelow(path, root) && at < root.length)) return undefined;
  return { from: path.slice(0, at), name: packageName(path.slice(at + folder.length).replaceAll(sep, '/')) };
}

/** Of a package whose node_modules is a link itself, to a folder of any name; undefined where the file is not in there. */
export function linkedPackage({ name, from }: PackageImport, realPath: string): PackageImport | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules');
    if (existsSync(join(folder, name))) return isBelow(realPath, realpathSync(folder)) ? { name, from: at } : undefined;
    if (at === dirname(at)) return undefined;
  }
}

export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder + sep);
}
