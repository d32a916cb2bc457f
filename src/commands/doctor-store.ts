/** Whether a folder can hold a store: exclusive create, a rename of a folder in one step, links. */
import { existsSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from './doctor-checks.ts';

/** Tries them in `runs/`, or where that would be made. */
export function storeCheck(directory: string): Check {
  const name = 'store';
  const at = existsSync(join(directory, 'runs')) ? join(directory, 'runs') : directory;
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(at, '.doctor-'));
    tryStore(folder);
    return { name, state: 'ok', found: `${at} can be written; exclusive create, rename and links work there` };
  } catch (error) {
    const todo = 'run in a folder you may write, on a POSIX file system';
    return { name, state: 'fail', found: `${at}: ${(error as Error).message}`, todo };
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function tryStore(folder: string): void {
  const path = (file: string) => join(folder, file);
  writeFileSync(path('a'), 'a', { flag: 'wx' });
  linkSync(path('a'), path('b'));
  symlinkSync('a', path('c'));
  expectRefusal('exclusive create', () => writeFileSync(path('a'), 'b', { flag: 'wx' }));
  expectRefusal('link', () => linkSync(path('a'), path('b')));
  mkdirSync(path('from/inner'), { recursive: true });
  renameSync(path('from'), path('to'));
  mkdirSync(path('again/inner'), { recursive: true });
  expectRefusal('rename', () => renameSync(path('again'), path('to')));
}

/** Of a name that is taken: that two processes never both succeed is what claims and publication rest on. */
function expectRefusal(operation: string, operate: () => void): void {
  try {
    operate();
  } catch {
    return;
  }
  throw new Error(`a second ${operation} of one name succeeds`);
}
