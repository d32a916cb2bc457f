import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packagesFit } from '../../setup/ensure.js';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

type Packages = Record<string, { version: string; optional?: boolean }>;

const locked: Packages = {
  '': { version: '0.1.0' },
  'node_modules/yaml': { version: '2.9.1' },
  'node_modules/for-another-platform': { version: '1.0.0', optional: true },
};

function folderWith(installed?: Packages): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: locked }));
  if (installed === undefined) return folder;
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
  return folder;
}

describe('whether node_modules holds what the lock says', () => {
  test.each([
    ['nothing is installed', undefined, false],
    ['all that fits this platform', { 'node_modules/yaml': { version: '2.9.1' } }, true],
    ['more than it says', { 'node_modules/yaml': { version: '2.9.1' }, 'node_modules/x': { version: '1.0.0' } }, true],
    ['a package is missing', {}, false],
    ['a package of another version', { 'node_modules/yaml': { version: '2.9.0' } }, false],
    [
      'an optional one of another version',
      { 'node_modules/yaml': { version: '2.9.1' }, 'node_modules/for-another-platform': { version: '0.9.0' } },
      false,
    ],
  ])('%s', (_case, installed: Packages | undefined, fits) => {
    expect(packagesFit(folderWith(installed))).toBe(fits);
  });
});
