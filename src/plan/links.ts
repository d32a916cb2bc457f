/** Links on the way to a file. */
import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';

const mostLinks = 40; // as many as Linux follows

/**
 * Every link on a path, and on the paths that those lead to, below the folder that holds the project or is above both.
 * Those among installed packages are told by the packages.
 */
export function linksOn(path: string, root: string): string[] {
  const found = new Set<string>();
  const visit = (target: string): void => {
    const parts = relative(root, target).split(sep);
    let at = root;
    for (const [index, part] of parts.entries()) {
      at = resolve(at, part);
      if (part === '..' || !lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) continue;
      if (found.has(at) || found.size >= mostLinks) return;
      found.add(at);
      visit(resolve(dirname(at), readlinkSync(at), ...parts.slice(index + 1)));
      return;
    }
  };
  visit(path);
  return [...found].filter((link) => !link.split(sep).includes('node_modules'));
}

/** Where the project is reached through a link, its files are named from there all the same. */
export function namedFrom(root: string): (path: string) => string {
  const real = realpathSync(root);
  return (path) => (real !== root && path.startsWith(real + sep) ? root + path.slice(real.length) : path);
}
