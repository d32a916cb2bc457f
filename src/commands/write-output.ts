/** Writes what a person named with `-o`. */
import { type Stats, statSync } from 'node:fs';
import { readlink, realpath, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { writeAtomic } from '../store/files.ts';

/**
 * Whole or not at all. A link stays one, and the file it points to is replaced; a device or a pipe is written into, and
 * never replaced by a file. Throws {@link UserError} for a folder.
 * @returns the file as it was named, absolute
 */
export async function writeOutput(output: string, text: string): Promise<string> {
  const file = resolve(output);
  const there = statSync(file, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) throw new UserError(`-o ${output} is a folder`, 'name a file in it');
  if (there?.isFile() === false) await writeFile(file, text);
  else await writeAtomic(await linked(file, there), text);
  return file;
}

/** Where a link leads, also one to a file that is not there yet. */
async function linked(file: string, there: Stats | undefined): Promise<string> {
  if (there !== undefined) return await realpath(file);
  const target = await readlink(file).catch(() => undefined);
  return target === undefined ? file : resolve(dirname(file), target);
}
