/** `retrial export HASH STAGE.OUT DIR`: a copy of a published output, checked, whole or not at all. */
import { constants } from 'node:fs';
import { cp, lstat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { exitCode, UserError } from '../errors.ts';
import { exportFormats } from '../export/formats.ts';
import { isErrno, newNonce, syncFolder } from '../store/files.ts';
import { makeFolder, removeFolder, renameReadOnly } from '../store/folders.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import { setAside } from '../store/published.ts';
import { syncOutputs } from '../store/sync-outputs.ts';
import { holdsWhenRead } from '../store/tree.ts';
import type { ReadingOptions } from './reading.ts';
import { type RunOutput, runOutput } from './run-output.ts';

export interface ExportOptions extends ReadingOptions {
  /** Of the other form of the command. */
  readonly output?: string;
  /** Replace what is there under the name. */
  readonly force?: boolean;
}

/**
 * @param words HASH, STAGE.OUT and FOLDER
 * @returns 1 where the output was collected or is damaged: nothing is written then
 */
export async function exportOutput(words: readonly string[], options: ExportOptions): Promise<number> {
  const [run, output, folder, ...more] = words;
  if (
    run === undefined ||
    output === undefined ||
    folder === undefined ||
    more.length > 0 ||
    options.output !== undefined
  )
    throw new UserError(
      'export takes HASH STAGE.OUT FOLDER, which copies an output, or --to FORMAT -o TARGET',
      `FORMAT is one of ${exportFormats.join(', ')}; docs/commands.md tells both`,
    );
  const layout = layoutOf(options.runsDir);
  const found = await runOutput(layout, run, output);
  if (!found.ok) return failed(found.message);
  const target = resolve(folder, basename(found.output.path));
  if (options.force !== true && (await isThere(target)))
    throw new UserError(`${target} is there already`, 'name another folder, or replace it with --force');
  if (!(await copyOut(layout, found, target)))
    return failed(`${output} is not what was recorded: nothing was exported; retrial verify tells more`);
  process.stdout.write(`${target}\n`);
  return exitCode.ok;
}

/**
 * Copies beside the target, reads the copy, and renames it in.
 * @returns false where the copy is not what was recorded; what is damaged in the store is set aside
 */
async function copyOut(layout: Layout, found: Extract<RunOutput, { ok: true }>, target: string): Promise<boolean> {
  const { path, output, lock } = found;
  const folder = dirname(target);
  const aside = join(folder, `.retrial-export-${newNonce()}`);
  const copy = join(aside, 'outs', output.path);
  try {
    makeFolder(dirname(copy));
    await cp(path, copy, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
    if (!(await holdsWhenRead(copy, output))) {
      if (!(await holdsWhenRead(path, output))) await setAside(layout, lock);
      return false;
    }
    await syncOutputs(aside, [output]);
    await putInPlace(copy, target, join(aside, 'replaced'));
    await syncFolder(folder);
    return true;
  } finally {
    await removeFolder(aside);
  }
}

/** A file replaces a file in one step; where a folder is on either side, what was there goes first. */
async function putInPlace(copy: string, target: string, replaced: string): Promise<void> {
  const isFolder = async (path: string) => (await isThere(path)) && (await lstat(path)).isDirectory();
  if (!(await isThere(target)) || !((await isFolder(target)) || (await isFolder(copy))))
    return await renameReadOnly(copy, target);
  await renameReadOnly(target, replaced);
  try {
    await renameReadOnly(copy, target);
  } catch (error) {
    await renameReadOnly(replaced, target);
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    (error: unknown) => {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    },
  );
}

function failed(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCode.stageFailed;
}
