/** `retrial init [FOLDER]`: a small pipeline that runs at once. */
import { lstatSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { type Diagnostic, exitCode, UserError } from '../errors.ts';
import { makeFolder } from '../store/folders.ts';
import { initFiles } from './init-files.ts';
import type { ProjectOptions } from './project.ts';

/** Writes nothing where any of its files is there already: a {@link UserError} names each that is. */
export async function init(folder: string | undefined, { directory }: ProjectOptions): Promise<number> {
  const root = resolve(directory ?? '', folder ?? '');
  const taken = Object.keys(initFiles).filter((name) => isThere(join(root, name)));
  if (taken.length > 0) throw new UserError(taken.map((name) => alreadyThere(join(root, name))));
  for (const [name, text] of Object.entries(initFiles)) {
    const path = join(root, name);
    makeFolder(dirname(path));
    await writeFile(path, text, { flag: 'wx' });
    process.stdout.write(`${relative('', path)}\n`);
  }
  const from = relative('', root);
  process.stderr.write(`it runs at once: ${from === '' ? '' : `cd ${from} && `}retrial run\n`);
  return exitCode.ok;
}

function alreadyThere(path: string): Diagnostic {
  return {
    severity: 'error',
    message: `${relative('', path)} is there already, and nothing was written`,
    hint: 'name an empty folder: retrial init FOLDER',
  };
}

/** A link that leads nowhere is there too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
